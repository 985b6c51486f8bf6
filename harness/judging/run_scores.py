"""A run's scores with the accuracies that they are judged by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.table import AccuracyTable
from harness.atlases.shipped import current_atlas
from harness.judging.external import read_scores
from harness.judging.joining import combined, join
from harness.oneshot.entries import of_predictor
from harness.oneshot.samplers.predictors import PREDICTORS, named
from harness.runs.candidates import design
from harness.runs.designs import Design
from harness.runs.plan import Plan
from harness.runs.run_folder import RunFolder
from harness.scoring.described import ForeignProxy, read_described
from harness.scoring.entries import of_combination, of_file, of_proxy
from harness.scoring.flow import truth
from proxies import COMBINATIONS, Combination, Proxy, choose, load_all
from reports.entry import Entry

NOBODY: Mapping[str, ForeignProxy] = {}


@dataclass(frozen=True)
class RunScores:
    """The scores of a run and the accuracies that they are judged by, one row a cell and proxy.

    Attributes:
        plan: names the accuracy, and the combinations that were made.
        table: holds the accuracies.
        scores: a row a cell, proxy and seed, those of files among them.
        cells: a row a cell and score, combinations among them, with accuracies; see
            :func:`harness.judging.joining.join`.
        entries: what each score is, by name.
        design: how the cells were drawn.
        proxies: those of the scores that are registered, or described in the run folder.
        combinations: those that the plan asks for.
        provenance: where the scores were made.
        beside: what stands beside the run's own scores, in a sentence.
    """

    plan: Plan
    table: AccuracyTable
    scores: pd.DataFrame
    cells: pd.DataFrame
    entries: dict[str, Entry]
    design: Design
    proxies: list[Proxy | ForeignProxy]
    combinations: list[Combination]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    beside: str = ""

    @classmethod
    def of(
        cls,
        scores: pd.DataFrame,
        plan: Plan,
        table: AccuracyTable,
        files: Sequence[Path] = (),
        said: Mapping[str, ForeignProxy] = NOBODY,
    ) -> RunScores:
        """Join scores with the plan's accuracy.

        Args:
            scores: in the columns of ``scores.parquet``; of a proxy that nobody registers, larger
                is taken to be better.
            plan: names accuracy and combinations.
            table: holds the accuracies.
            files: CSV files of scores that were computed elsewhere.
            said: what proxies that are not registered here said when they were scored.

        Raises:
            BadInput: a file cannot be used, or the accuracy is not there.
        """
        known = load_all()
        foreign = {name: said[name] for name in sorted(set(scores["proxy"])) if name in said}
        proxies = [known[n] for n in sorted(set(scores["proxy"]) & set(known) - set(foreign))]
        strangers = sorted(set(scores["proxy"]) - set(known) - set(PREDICTORS) - set(foreign))
        combinations = choose(plan.proxies, foreign)[1]
        if plan.atlas:
            there = {entry.name for entry in proxies}
            named = {entry.name for entry in combinations}
            possible = (c for c in COMBINATIONS.values() if set(c.members) <= there)
            combinations += [entry for entry in possible if entry.name not in named]
        taken = (
            {entry.name for entry in proxies}
            | {entry.name for entry in combinations}
            | set(strangers)
            | set(foreign)
            | set(PREDICTORS)
        )
        whole = pd.concat([scores, *_from_files(files, scores, taken)], ignore_index=True)
        cells = _with_combinations(
            whole, table.accuracy(plan.accuracy), [*proxies, *foreign.values()], combinations
        )
        if cells.empty:
            raise BadInput(
                f"Scores should be of candidates whose accuracy is known ({plan.accuracy}). None "
                "of these is: is the run of another benchmark?"
            )
        digests = {name: proxy.entry.digest for name, proxy in foreign.items()}
        described = [of_proxy(proxy) for proxy in proxies]
        described += [of_combination(made, digests) for made in combinations]
        ours = scores[scores["proxy"].isin(PREDICTORS)].groupby("proxy")["seed"].nunique()
        described += [of_predictor(PREDICTORS[str(name)], n) for name, n in ours.items()]
        described += [proxy.entry for proxy in foreign.values()]
        described += [of_file(name, "the caller's table") for name in strangers]
        described += [of_file(path.stem, str(path)) for path in files]
        entries = {entry.name: entry for entry in described}
        drawn = design(plan, table, cells.drop_duplicates("index"))
        judged: list[Proxy | ForeignProxy] = [*proxies, *foreign.values()]
        return cls(plan, table, whole, cells, entries, drawn, judged, combinations)

    @classmethod
    def read(
        cls,
        out: Path,
        table: AccuracyTable | None = None,
        more: Sequence[Path] = (),
        intervals: str | None = None,
        alone: bool = False,
    ) -> RunScores:
        """Read a run folder, and ``more`` CSV files beside its scores.

        Intervals are those of the plan, where none are named. ``alone`` leaves out what a run has
        beside its own scores from the atlas.

        Raises:
            BadInput: the folder holds no finished run, or its truth cannot be read.
        """
        folder = RunFolder(out)
        plan, provenance = Plan.read(folder.plan)
        plan = replace(plan, intervals=intervals or plan.intervals)
        scores, said = folder.read_scores(), read_described(folder)
        wanted = [predictor.name for predictor in named(plan.oneshot)]
        if not set(wanted) <= set(scores["proxy"]):
            raise BadInput(
                f"`{out}` should hold scores of {', '.join(wanted)}. They are not all there. "
                "Finish `harness score`."
            )
        if strangers := sorted(set(scores["proxy"]) - {*load_all(), *PREDICTORS, *said}):
            raise BadInput(
                f"`{out}` should hold scores of proxies that are registered. Nobody registers "
                f"{', '.join(strangers)}: install the package that does, or score into a new "
                "folder."
            )
        beside = ""
        if plan.atlas and not alone:
            atlas = current_atlas(plan.benchmark).without(sorted(set(scores["proxy"])))
            others = atlas.rows(_cells(scores))
            scores = pd.concat([scores, others], ignore_index=True)
            same = provenance.get("inputs_sha256") == atlas.inputs
            minibatch = "" if same else " (another minibatch than this run's)"
            names = ", ".join(others["proxy"].unique())
            beside = f"From the atlas, scored on {atlas}{minibatch}: {names}."
        files = [*map(Path, plan.scores), *more]
        run = cls.of(scores, plan, table or truth(plan, 1), files, said)
        return replace(run, provenance=provenance, beside=beside)

    def of_each_seed(self) -> Iterator[pd.DataFrame]:
        """Yield ``cells`` as each initialisation alone has them, where there were several."""
        accuracy = self.table.accuracy(self.plan.accuracy)
        seeds = self.scores.groupby("proxy")["seed"].transform("nunique")
        seeds = seeds.mask(self.scores["proxy"].isin(PREDICTORS), 1)  # each is a supernet
        for seed in range(int(seeds.max())) if seeds.max() > 1 else ():
            alone = self.scores[(self.scores["seed"] == seed) | (seeds == 1)]  # a file's have one
            yield _with_combinations(alone, accuracy, self.proxies, self.combinations)

    def of_each_supernet(self) -> Iterator[pd.DataFrame]:
        """Yield the scores (cells x one-shot predictors) of supernets of each seed."""
        ours = self.scores[self.scores["proxy"].isin(PREDICTORS)]
        for _, rows in ours.groupby("seed"):
            yield rows.pivot(index="index", columns="proxy", values="score")


def _with_combinations(
    scores: pd.DataFrame,
    accuracy: pd.Series,
    proxies: list[Proxy | ForeignProxy],
    combinations: list[Combination],
) -> pd.DataFrame:
    scored = join(scores, accuracy, proxies)
    return pd.concat([scored, combined(scored, combinations)], ignore_index=True)


def _cells(scores: pd.DataFrame) -> pd.DataFrame:
    return scores.drop_duplicates("index")[["index", "arch", "class"]].reset_index(drop=True)


def _from_files(
    files: Sequence[Path], scores: pd.DataFrame, taken: set[str]
) -> Iterator[pd.DataFrame]:
    """Yield the scores of each file, under a name of its own."""
    cells = _cells(scores)
    for path in files:
        if path.stem in taken:
            raise BadInput(
                f"`{path}` should have a name of its own. There is a score `{path.stem}` already: "
                "rename the file."
            )
        taken = taken | {path.stem}
        yield read_scores(path, cells)
