"""What a search is answered from: arrays of a table's accuracies, costs and scores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.costs import MetricName
from benchmarks.errors import BadInput
from benchmarks.metrics import MetricTable
from benchmarks.space import Benchmark
from benchmarks.table import AccuracyTable
from searchers import ERROR, Candidate, Relax, Slope, Space


@dataclass(frozen=True)
class Problem:
    """Answers by row, one a candidate, in the order of the official index.

    Attributes:
        space: what the searcher sees.
        index: the official index of each row.
        rows: the row of each candidate.
        classes: the number of each row's functional class.
        usual: epochs of the signal.
        signal: validation accuracies in percent, by epochs: one a stored training of each row.
        cost: what a training of so many epochs costs, by row.
        scores: by proxy, larger better, minus infinity where undefined.
        seconds: what a score costs, by proxy; nothing where trainings are counted.
        counts: by metric.
        costs: by objective, all but the error.
        most: the largest accuracy that there could be.
        oneshot: answers for the network of all candidates, where there are images.
        unit: ``s``, or ``trainings`` of the signal's epochs.
        words: what is charged and what the signal is, in sentences.
    """

    space: Space
    index: list[int]
    rows: Mapping[Candidate, int]
    classes: list[int]
    usual: int
    signal: Mapping[int, list[tuple[float, ...]]]
    cost: Mapping[int, list[float]]
    scores: Mapping[str, list[float]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, list[float]] = field(default_factory=dict)
    costs: Mapping[str, list[float]] = field(default_factory=dict)
    most: float = 100.0
    oneshot: Callable[[Relax], Slope] | None = None
    unit: str = "trainings"
    words: tuple[str, ...] = ()

    def objectives(self, row: int, accuracy: float) -> tuple[float, ...]:
        """Return what a training to this accuracy tells of each objective, smaller better."""
        return tuple(
            self.most - accuracy if objective.name == ERROR else self.costs[objective.name][row]
            for objective in self.space.objectives
        )

    def digest(self, proxies: tuple[str, ...]) -> str:
        """Digest what answers depend on: of the scores, those of some proxies."""
        total = hashlib.sha256(repr((self.space.sizes, self.usual, self.unit)).encode())
        total.update(repr((sorted(self.rows.items()), self.index)).encode())
        if self.space.objectives:
            told = (self.space.objectives, self.most, sorted(self.costs.items()))
            total.update(repr(told).encode())
        for table in (self.signal, self.cost, self.counts):
            total.update(repr(sorted(table.items())).encode())
        for proxy in proxies:
            total.update(repr((proxy, self.scores[proxy], self.seconds[proxy])).encode())
        return total.hexdigest()


def fidelities(
    table: AccuracyTable, dataset: str, split: str, seed: str, index: pd.Index
) -> dict[int, pd.DataFrame]:
    """Return stored validation accuracies by epochs: a row a candidate, a column a training.

    Args:
        table: holds them.
        dataset: as the table names the training.
        split: the validation split.
        seed: ``random`` for each stored training, ``mean``, or the number of one.
        index: the candidates that have to have one.
    """
    rows = table.rows
    there = rows[(rows["dataset"] == dataset) & (rows["split"] == split)]
    by_epochs = {}
    for epochs in sorted(there["epochs"].unique().tolist()):
        some = there[there["epochs"] == epochs]
        if seed.isdecimal():
            some = some[some["seed"] == int(seed)]
        elif seed == "mean" or some["seed"].isna().any():
            name = AccuracyName(dataset, split, int(epochs), None)
            some = table.accuracy(name).reset_index().assign(seed=-1)
        wide = some.pivot(index="index", columns="seed", values="accuracy").reindex(index)
        if len(some) and wide.notna().any(axis=1).all():
            by_epochs[int(epochs)] = wide
    return by_epochs


def charged(
    metrics: MetricTable, dataset: str, epochs: int, index: pd.Index
) -> tuple[list[float] | None, bool]:
    """Return the seconds of each training and whether they hold its validation.

    None where they are not known of every candidate.
    """
    try:
        seconds = metrics.values(MetricName("train_seconds", dataset, epochs)).reindex(index)
    except BadInput:
        return None, False
    if seconds.isna().any():
        return None, False
    try:
        more = metrics.values(MetricName("valid_seconds", dataset, epochs)).reindex(index)
    except BadInput:
        return seconds.tolist(), False
    validated = not more.isna().any()
    return (seconds + more if validated else seconds).tolist(), validated


def numbered(archs: pd.Series, space: Benchmark) -> list[int]:
    """Return the number of each candidate's functional class."""
    classes = archs.map(space.representative)
    return pd.factorize(classes)[0].tolist()


def tuples(wide: pd.DataFrame) -> list[tuple[float, ...]]:
    """Return the values of each row that are not missing, in the order of the columns."""
    values = wide.to_numpy(float)
    return [tuple(row[~np.isnan(row)].tolist()) for row in values]
