"""Scores that searches ask for: of run folders, files, the atlas, or counted."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.catalogue import ATLAS
from benchmarks.costs import COUNTS, MetricName
from benchmarks.errors import BadInput
from benchmarks.metrics import MetricTable
from harness.atlases.shipped import current_atlas
from harness.judging.external import read_scores
from harness.judging.run_scores import RunScores
from harness.runs.run_folder import RunFolder
from harness.runs.search_plan import SearchPlan
from harness.searching.requirements import COUNTED, ORACLE, check_scores
from proxies import load_all


class Counts:
    """What the benchmark counts, by metric: as its table has it, else counted now."""

    def __init__(self, plan: SearchPlan, archs: pd.Series, metrics: MetricTable) -> None:
        self.plan, self.archs, self.metrics = plan, archs, metrics
        self.known: dict[str, pd.Series] = {}

    def __call__(self, name: str) -> pd.Series:
        """Return a count by candidate index."""
        if name not in self.known:
            self.known[name] = self._stored(name)
        return self.known[name]

    def _stored(self, name: str) -> pd.Series:
        dataset = self.plan.space.dataset(self.plan.dataset)
        if name in COUNTS:
            with suppress(BadInput):
                stored = self.metrics.values(MetricName(name, dataset.name))
                stored = stored.reindex(self.archs.index)
                if stored.notna().all():
                    return stored
        return self.archs.map(lambda arch: float(COUNTED[name](self.plan.space, arch, dataset)))


def scores_of(
    plan: SearchPlan, archs: pd.Series, accuracy: pd.Series, counted: Counts, needed: list[str]
) -> tuple[dict[str, list[float]], dict[str, float], list[str]]:
    """Return the scores that searches ask for, what each costs, and what is to be known of them.

    Raises:
        BadInput: a score is not there, or known for no candidate.
    """
    by_proxy: dict[str, pd.Series] = {}
    seconds: dict[str, float] = {}
    for path in map(Path, plan.scores):
        if str(path) == ATLAS:
            by_proxy |= _of_atlas(plan, archs)
        elif path.suffix == ".csv":
            about = {"index": archs.index, "arch": archs.to_numpy(), "class": ""}
            rows = read_scores(path, pd.DataFrame(about))
            by_proxy[path.stem] = rows.set_index("index")["score"]
        else:
            columns, costs = _of_run(path, plan)
            by_proxy |= columns
            seconds |= costs
    for name in COUNTED:
        if name in needed and name not in by_proxy:
            by_proxy[name] = counted(name)
            seconds[name] = 0.0
    by_proxy[ORACLE] = accuracy
    check_scores(needed, by_proxy)
    words = []
    kept = {name: by_proxy[name].reindex(archs.index) for name in needed}
    for name, values in kept.items():
        if values.isna().any():
            n = int(values.notna().sum())
            if n == 0:
                raise BadInput(
                    f"Scores of `{name}` should be known for some of the {len(archs):,} "
                    "candidates. They are for none, undefined on this space or of others: leave "
                    "out what asks for them."
                )
            words.append(f"{name} is known for {n:,} of {len(archs):,} candidates.")
    free = [n for n in needed if n not in seconds and n not in (ORACLE, *COUNTED)]
    if free and plan.seconds:
        words.append(f"What {', '.join(free)} costs is not known: it is free here.")
    costs = {name: seconds.get(name, 0.0) for name in needed}
    filled = {name: values.fillna(-np.inf).tolist() for name, values in kept.items()}
    return filled, costs, words


def _of_atlas(plan: SearchPlan, archs: pd.Series) -> dict[str, pd.Series]:
    """Return the scores of the benchmark's atlas by proxy, missing where it has none."""
    known, classes = load_all(), archs.map(plan.space.representative)
    by_proxy = {}
    for name, column in current_atlas(plan.benchmark).columns.items():
        values = column.values.xs(0, level="seed")
        sign = 1 if known[name].larger_is_better else -1
        by_proxy[name] = sign * (archs if column.of_cell else classes).map(values)
    return by_proxy


def _of_run(path: Path, plan: SearchPlan) -> tuple[dict[str, pd.Series], dict[str, float]]:
    """Return a run folder's scores by proxy and what each took, seeds and members together."""
    run = RunScores.read(path)
    if run.plan.benchmark != plan.benchmark:
        raise BadInput(
            f"`--scores` should name runs on {plan.benchmark}. `{path}` is one on "
            f"{run.plan.benchmark}."
        )
    wide = run.cells.pivot(index="index", columns="proxy", values="signed")
    costs = RunFolder(path).read_costs().set_index("proxy")["seconds"]
    seconds = {}
    for name, entry in run.entries.items():
        members = entry.members or (name,)
        if set(members) <= set(costs.index):
            seconds[name] = float(costs[list(members)].sum()) * run.plan.seeds
    return {str(name): wide[name] for name in wide}, seconds
