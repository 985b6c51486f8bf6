"""Stored scores, judged: all that a report shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.table import AccuracyName, AccuracyTable
from harness.drawing.designs import Design
from harness.drawing.planned import design
from harness.folder import RunFolder
from harness.judging.ceiling import told_without_noise
from harness.judging.datasets import mean_over_datasets
from harness.judging.entries import of_combination, of_elsewhere, of_proxy
from harness.judging.external import read_scores
from harness.judging.joining import combined, join
from harness.judging.judge import judge
from harness.judging.noise import ceilings_of
from harness.judging.score_table import ScoreTable
from harness.judging.seeds import share_of_seed
from harness.plan import Plan
from harness.scoring.flow import truth
from proxies import Combination, Proxy, choose, load_all, load_file
from reports.entry import Entry
from reports.findings import Findings
from reports.rows import Correlation, Cost, Difference, SeedShare


def findings(
    out: Path,
    table: AccuracyTable | None = None,
    more: Sequence[Path] = (),
    intervals: str | None = None,
) -> Findings:
    """Judge the scores of a run folder, and those of ``more`` CSV files beside them.

    Intervals are those of the plan, where none are named.

    Raises:
        BadInput: the folder holds no finished run, or its truth cannot be read.
    """
    folder = RunFolder(out)
    plan, provenance = Plan.read(folder.plan)
    plan = replace(plan, intervals=intervals or plan.intervals)
    for path in plan.proxy_files:
        load_file(Path(path))
    scores = folder.read_scores()
    _all_registered(scores, out)
    files = [*map(Path, plan.scores), *more]
    table = table or truth(plan, 1)
    return judged(scores, plan, table, files, costs=_costs(folder, plan), provenance=provenance)


def judged(
    scores: pd.DataFrame,
    plan: Plan,
    table: AccuracyTable,
    files: Sequence[Path] = (),
    *,
    costs: Sequence[Cost] = (),
    provenance: Mapping[str, Any] | None = None,
) -> Findings:
    """Judge scores against the plan's accuracy.

    Args:
        scores: in the columns of ``scores.parquet``; of a proxy that nobody registers, larger is
            taken to be better.
        plan: names the accuracy, and the combinations to make.
        table: holds the accuracies.
        files: CSV files of scores that were computed elsewhere.
        costs: seconds of the proxies, where they are known.
        provenance: where the scores were made.

    Raises:
        BadInput: a file cannot be used, or the accuracy is not there.
    """
    known = load_all()
    proxies = [known[name] for name in sorted(set(scores["proxy"]) & set(known))]
    strangers = sorted(set(scores["proxy"]) - set(known))
    combinations = choose(plan.proxies)[1]
    taken = {one.name for one in proxies} | {one.name for one in combinations} | set(strangers)
    scores = pd.concat([scores, *_elsewhere(files, scores, taken)], ignore_index=True)
    cells = _joined(scores, table.accuracy(plan.accuracy), proxies, combinations)
    described = [*map(of_proxy, proxies), *map(of_combination, combinations)]
    described += [of_elsewhere(name, "the caller's table") for name in strangers]
    described += [of_elsewhere(path.stem, str(path)) for path in files]
    entries = {entry.name: entry for entry in described}
    drawn = design(plan, table, cells.drop_duplicates("index"))
    apart = list(_apart(scores, table.accuracy(plan.accuracy), proxies, combinations))
    correlations, differences = _judged(cells, table, plan, entries, drawn, apart)
    ceilings = list(ceilings_of(table, plan, cells))
    correlations += told_without_noise(correlations, ceilings)
    return Findings(
        caption=f"{_caption(plan, cells)} {drawn.words}",
        design=drawn.words,
        label=label(plan),
        dataset=plan.dataset,
        accuracy_label=f"accuracy (%), {plan.dataset} {plan.split}",
        correlations=correlations,
        differences=differences,
        ceilings=ceilings,
        costs=costs,
        seed_shares=list(_seed_shares(scores, plan)),
        similarity=_similarity(cells),
        cells=cells,
        entries=entries,
        settings=vars(plan),
        provenance=provenance or {},
    )


def _all_registered(scores: pd.DataFrame, out: Path) -> None:
    if strangers := sorted(set(scores["proxy"]) - set(load_all())):
        raise BadInput(
            f"`{out}` should hold scores of proxies that are registered. Nobody registers "
            f"{', '.join(strangers)}: install the package that does, or score into a new folder."
        )


def _elsewhere(
    files: Sequence[Path], scores: pd.DataFrame, taken: set[str]
) -> Iterator[pd.DataFrame]:
    """Yield the scores of each file, under a name of its own."""
    cells = scores.drop_duplicates("index")[["index", "arch", "class"]]
    for path in files:
        if path.stem in taken:
            raise BadInput(
                f"`{path}` should have a name of its own. There is a score `{path.stem}` already: "
                "rename the file."
            )
        taken = taken | {path.stem}
        yield read_scores(path, cells)


def label(plan: Plan) -> str:
    """Return what the scores of a plan were computed on, in a few words."""
    noise = " noise" if plan.images == "noise" else ""
    random = " random labels" if plan.labels == "random" else ""
    return f"{plan.dataset}{noise}{random}"


def _joined(
    scores: pd.DataFrame,
    accuracy: pd.Series,
    proxies: list[Proxy],
    combinations: list[Combination],
) -> pd.DataFrame:
    """Return scores and combinations with accuracies."""
    scored = join(scores, accuracy, proxies)
    return pd.concat([scored, combined(scored, combinations)], ignore_index=True)


def _apart(
    scores: pd.DataFrame,
    accuracy: pd.Series,
    proxies: list[Proxy],
    combinations: list[Combination],
) -> Iterator[pd.DataFrame]:
    """Yield what each initialisation alone says, where there were several."""
    seeds = scores.groupby("proxy")["seed"].transform("nunique")
    for seed in range(int(seeds.max())) if seeds.max() > 1 else ():
        alone = scores[(scores["seed"] == seed) | (seeds == 1)]  # a file's scores have one
        scored = join(alone, accuracy, proxies)
        yield pd.concat([scored, combined(scored, combinations)], ignore_index=True)


def _judged(
    cells: pd.DataFrame,
    table: AccuracyTable,
    plan: Plan,
    entries: dict[str, Entry],
    drawn: Design,
    apart: list[pd.DataFrame],
) -> tuple[list[Correlation], list[Difference]]:
    """Judge on the plan's accuracy, then on those of other datasets that the table has."""
    tables = {plan.dataset: ScoreTable.of(cells, entries, drawn, apart)}
    correlations, differences = judge(tables[plan.dataset], plan.accuracy, label(plan))
    for dataset in plan.space.datasets:
        name = AccuracyName(dataset.name, dataset.split, plan.epochs, plan.accuracy_seed)
        if dataset.name == plan.dataset or not _there(table, name):
            continue
        elsewhere = cells.assign(accuracy=cells["index"].map(table.accuracy(name)))
        scored = ScoreTable.of(elsewhere.dropna(subset="accuracy"), entries, drawn, apart)
        correlations += judge(scored, name, label(plan))[0]
        tables[dataset.name] = scored
    correlations += mean_over_datasets(tables, plan.accuracy, label(plan))
    return correlations, differences


def _there(table: AccuracyTable, name: AccuracyName) -> bool:
    here = table.names()
    same = (here["dataset"] == name.dataset) & (here["split"] == name.split)
    same &= here["epochs"] == name.epochs
    return bool((same if name.seed is None else same & (here["seed"] == name.seed)).any())


def _costs(folder: RunFolder, plan: Plan) -> list[Cost]:
    try:
        rows = pd.read_csv(folder.costs)
    except OSError:
        return []
    columns = (rows[name].tolist() for name in ("proxy", "seconds", "n"))
    return [
        Cost(proxy, label(plan), seconds, n) for proxy, seconds, n in zip(*columns, strict=True)
    ]


def _seed_shares(scores: pd.DataFrame, plan: Plan) -> Iterator[SeedShare]:
    """Yield the within-class share of the variance of ranks, one-way random effects."""
    if plan.seeds < 2:
        return
    once = scores.drop_duplicates(["class", "proxy", "seed"])
    for proxy, rows in once.groupby("proxy"):
        if rows["seed"].nunique() < plan.seeds:
            continue  # read from a file
        wide = rows.pivot(index="class", columns="seed", values="score").dropna().to_numpy()
        if len(wide) < 2:
            continue
        yield SeedShare(str(proxy), label(plan), share_of_seed(wide), plan.seeds)


def _similarity(cells: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman between proxies over the cells that every proxy scores."""
    wide = cells.pivot(index="index", columns="proxy", values="signed")
    wide = wide.loc[:, wide.nunique() > 1].dropna()
    wide = wide.loc[:, wide.nunique() > 1]
    return wide.rank().corr() if len(wide) > 2 else pd.DataFrame()


def _caption(plan: Plan, cells: pd.DataFrame) -> str:
    source = "Gaussian noise" if plan.images == "noise" else f"{plan.batch} images"
    plural = "s" if plan.seeds > 1 else ""
    return (
        f"Rank correlation with accuracy ({plan.accuracy}, {plan.benchmark}) of "
        f"{cells['index'].nunique()} cells in {cells['class'].nunique()} functional classes; "
        f"scored on {source} of {plan.dataset}, {plan.labels} labels, {plan.seeds} seed{plural}."
    )
