"""A problem posed: a plan's table, costs and stored scores as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.errors import BadInput, suggestion
from benchmarks.metrics import MetricName, MetricTable
from benchmarks.sources import check_space, read_metrics, read_truth
from benchmarks.space import BUILT_IN
from benchmarks.table import AccuracyTable
from harness.atlases.stored import current
from harness.judging.external import read_scores
from harness.judging.run_scores import RunScores
from harness.searching.plan import SearchPlan
from harness.searching.problem import (
    COUNTED,
    METRICS,
    ORACLE,
    Problem,
    charged,
    fidelities,
    numbered,
    tuples,
)
from proxies import load_all
from searchers import Candidate, Chosen, Space

ATLAS = "atlas"
"""Names the scores of the whole space that come with the project."""


def read_table(plan: SearchPlan, workers: int) -> AccuracyTable:
    """Read a plan's accuracies, and refuse those of another space."""
    table = read_truth(plan.truth, workers)
    check_space(table, plan.space, plan.truth)
    return table


def posed(plan: SearchPlan, table: AccuracyTable, chosen: Sequence[Chosen]) -> Problem:
    """Arrange all that searches may be answered from, and what it costs.

    Raises:
        BadInput: the table lacks an accuracy, cost or score that is named, or the budget is less
            than any training.
    """
    accuracy = table.accuracy(plan.accuracy)
    kinds = (plan.signal_dataset, plan.signal_split, plan.signal_seed)
    signal = fidelities(table, *kinds, accuracy.index)
    if plan.signal_epochs not in signal:
        listed = ", ".join(map(str, signal)) or "none"
        raise BadInput(
            f"`--signal-epochs` should be a length of training that the table has of every "
            f"candidate for {plan.signal_dataset} / {plan.signal_split}: {listed}. Found "
            f"{plan.signal_epochs}."
        )
    if plan.rerank and plan.signal_epochs == max(signal):
        raise BadInput(
            f"`--rerank` should train longer than the signal's {plan.signal_epochs} epochs. The "
            f"table has {', '.join(map(str, signal))}: leave it out."
        )
    archs = table.candidates.loc[accuracy.index].astype(str)
    candidates = [plan.space.encode(arch) for arch in archs]
    metrics = _metrics(plan)
    cost, charges = _costs(plan, metrics, list(signal), accuracy.index)
    signal = {epochs: wide for epochs, wide in signal.items() if epochs in cost}
    if min(cost[plan.signal_epochs]) > plan.amount:
        raise BadInput(
            f"`--budget` should pay for a training at least. The cheapest costs "
            f"{min(cost[plan.signal_epochs]):.0f} {'s' if plan.seconds else 'trainings'}. Found "
            f"`{plan.budget}`."
        )
    needed = list(dict.fromkeys(proxy for one in chosen for proxy in one.reads))
    counted = Counts(plan, archs, metrics)
    scores, seconds, known = _scores(plan, archs, accuracy, counted, needed)
    return Problem(
        space=Space(
            [len(axis.choices) for axis in plan.space.axes], list(signal), _some(plan, candidates)
        ),
        index=[int(i) for i in accuracy.index],
        rows={candidate: row for row, candidate in enumerate(candidates)},
        classes=numbered(archs, plan.space),
        usual=plan.signal_epochs,
        signal={epochs: tuples(wide) for epochs, wide in signal.items()},
        cost=cost,
        scores=scores,
        seconds=seconds if plan.seconds else dict.fromkeys(seconds, 0.0),
        counts={name: counted(name).tolist() for name in METRICS},
        unit="s" if plan.seconds else "trainings",
        words=(*_told(signal, plan), charges, *known),
    )


def _some(plan: SearchPlan, candidates: list[Candidate]) -> list[Candidate] | None:
    """Return the candidates, where they are not every combination of choices."""
    sizes = [len(axis.choices) for axis in plan.space.axes]
    return None if len(candidates) == np.prod(sizes) else sorted(candidates)


def _told(signal: dict[int, pd.DataFrame], plan: SearchPlan) -> tuple[str, ...]:
    """Say what answers a training."""
    kinds = []
    for epochs, wide in signal.items():
        several = wide.shape[1] > 1
        what = "one of the stored trainings, drawn" if several else "the stored accuracy"
        if -1 in wide.columns:
            what = "the mean over training seeds"
        kinds.append(f"{epochs} epochs tell {what}")
    return (f"Searches see {plan.signal_dataset} / {plan.signal_split}: {', '.join(kinds)}.",)


def _costs(
    plan: SearchPlan, metrics: MetricTable | None, lengths: list[int], index: pd.Index
) -> tuple[dict[int, list[float]], str]:
    """Return what trainings cost, by epochs, and how that is meant."""
    usual = plan.signal_epochs
    if not plan.seconds:
        counted = {epochs: [epochs / usual] * len(index) for epochs in lengths}
        return counted, f"Trainings are counted, one of {usual} epochs as 1; scores are free."
    cost, validated = {}, False
    for epochs in lengths:
        seconds, validated = charged(metrics, plan.signal_dataset, epochs, index)
        if seconds is not None:
            cost[epochs] = seconds
    if usual not in cost:
        raise BadInput(
            f"`--budget` should be a number of trainings, such as `200`: nobody measured the "
            f"seconds of {usual} epochs on {plan.signal_dataset} in {plan.benchmark}. Found "
            f"`{plan.budget}`."
        )
    what = "and one validation" if validated else "without its validation, which is not stored"
    return cost, f"A training costs the seconds that the benchmark's authors measured, {what}."


def _metrics(plan: SearchPlan) -> MetricTable | None:
    try:
        return read_metrics(plan.truth)
    except BadInput:  # a table of accuracies alone
        return read_metrics(BUILT_IN) if plan.space.truth == BUILT_IN else None


class Counts:
    """What the benchmark counts, by metric: as its table has it, else counted now."""

    def __init__(self, plan: SearchPlan, archs: pd.Series, metrics: MetricTable | None) -> None:
        self.plan, self.archs, self.metrics = plan, archs, metrics
        self.known: dict[str, pd.Series] = {}

    def __call__(self, name: str) -> pd.Series:
        """Return a count by candidate index."""
        if name not in self.known:
            self.known[name] = self._stored(name)
        return self.known[name]

    def _stored(self, name: str) -> pd.Series:
        dataset = self.plan.space.dataset(self.plan.dataset)
        if self.metrics is not None and name in METRICS:
            with suppress(BadInput):
                stored = self.metrics.values(MetricName(name, dataset.name))
                stored = stored.reindex(self.archs.index)
                if stored.notna().all():
                    return stored
        return self.archs.map(lambda arch: float(COUNTED[name](self.plan.space, arch, dataset)))


def _scores(
    plan: SearchPlan, archs: pd.Series, accuracy: pd.Series, counted: Counts, needed: list[str]
) -> tuple[dict[str, list[float]], dict[str, float], list[str]]:
    """Return the scores that searches ask for, what each costs, and what is to be known of them."""
    found: dict[str, pd.Series] = {}
    seconds: dict[str, float] = {}
    for path in map(Path, plan.scores):
        if str(path) == ATLAS:
            found |= _of_atlas(plan, archs)
        elif path.suffix == ".csv":
            about = {"index": archs.index, "arch": archs.to_numpy(), "class": ""}
            rows = read_scores(path, pd.DataFrame(about))
            found[path.stem] = rows.set_index("index")["score"]
        else:
            columns, costs = _of_run(path, plan)
            found |= columns
            seconds |= costs
    for name in COUNTED:
        if name in needed and name not in found:
            found[name] = counted(name)
            seconds[name] = 0.0
    found[ORACLE] = accuracy
    missing = [name for name in needed if name not in found]
    if missing:
        listed = ", ".join(sorted({*found, *COUNTED}))
        raise BadInput(
            f"`--scores` should name a run folder that holds `{missing[0]}`. There are: {listed}."
            f"{suggestion(missing[0], found)}"
        )
    words = []
    kept = {name: found[name].reindex(archs.index) for name in needed}
    for name, values in kept.items():
        if values.isna().any():
            n = int(values.notna().sum())
            words.append(f"{name} is known for {n:,} of {len(archs):,} candidates.")
    free = [n for n in needed if n not in seconds and n != ORACLE]
    if free and plan.seconds:
        words.append(f"What {', '.join(free)} costs is not known: it is free here.")
    costs = {name: seconds.get(name, 0.0) for name in needed}
    filled = {name: values.fillna(-np.inf).tolist() for name, values in kept.items()}
    return filled, costs, words


def _of_atlas(plan: SearchPlan, archs: pd.Series) -> dict[str, pd.Series]:
    """Return the scores of the benchmark's atlas by proxy, missing where it has none."""
    known, classes = load_all(), archs.map(plan.space.representative)
    found = {}
    for name, column in current(plan.benchmark).columns.items():
        values = column.values.xs(0, level="seed")
        sign = 1 if known[name].larger_is_better else -1
        found[name] = sign * (archs if column.of_cell else classes).map(values)
    return found


def _of_run(path: Path, plan: SearchPlan) -> tuple[dict[str, pd.Series], dict[str, float]]:
    """Return a run folder's scores by proxy and what each took, seeds and members together."""
    run = RunScores.read(path)
    if run.plan.benchmark != plan.benchmark:
        raise BadInput(
            f"`--scores` should name runs on {plan.benchmark}. `{path}` is one on "
            f"{run.plan.benchmark}."
        )
    wide = run.cells.pivot(index="index", columns="proxy", values="signed")
    try:
        costs = pd.read_csv(path / "costs.csv").set_index("proxy")["seconds"]
    except OSError:
        return {str(name): wide[name] for name in wide}, {}
    seconds = {}
    for name, entry in run.entries.items():
        members = entry.members or (name,)
        if set(members) <= set(costs.index):
            seconds[name] = float(costs[list(members)].sum()) * run.plan.seeds
    return {str(name): wide[name] for name in wide}, seconds
