"""Every statistic of every proxy on one accuracy, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.table import AccuracyName
from harness.judging import selection
from harness.judging.board import Board
from harness.judging.ranks import Statistic, Vector, kendall, spearman, weighted_tau
from harness.judging.uncertainty import FEWEST, Sample, Z, fisher, holm
from reports.rows import Correlation, Difference

WORST = "_undefined_worst"
"""Suffix of a statistic that ranks cells without a score below all others."""

CONTROLS = ("params", "live_params")
"""What a proxy should add to, where they are scored."""

STATISTICS = {"kendall": kendall, "spearman": spearman}


def judge(
    board: Board, name: AccuracyName, scored_on: str
) -> tuple[list[Correlation], list[Difference]]:
    """Return all rows of a table: one a proxy, statistic and set of cells, and all differences."""
    correlations: list[Correlation] = []
    differences: list[Difference] = []
    for cells, part in board.sets.items():
        rows = _Rows(part, name, scored_on, cells)
        for statistic in STATISTICS:
            sample = rows.sample(statistic)
            correlations += rows.ranked(statistic, sample)
            if cells == "all" and statistic == "kendall":
                differences += rows.differences(statistic, sample)
        correlations += rows.weighted()
        correlations += rows.selected()
        if cells != "top":
            for statistic in ("kendall", "spearman"):
                correlations += rows.plain(statistic + WORST, rows.sample(statistic, worst=True))
        if cells == "all":
            for control in (c for c in CONTROLS if c in part.scores):
                correlations += rows.plain(f"spearman_given_{control}", rows.partial(control))
    return correlations, differences


@dataclass(frozen=True)
class _Rows:
    board: Board
    name: AccuracyName
    scored_on: str
    cells: str

    @property
    def proxies(self) -> list[str]:
        return [str(name) for name in self.board.scores]

    @property
    def numbers(self) -> tuple[NDArray[np.int64], int]:
        """The class number of each cell, and how many classes there are."""
        codes, names = pd.factorize(self.board.classes)
        return codes.astype(np.int64), len(names)

    def pair(self, proxy: str, worst: bool) -> tuple[Vector, Vector, NDArray[np.bool_]]:
        """Return scores, accuracies, and which cells they are of."""
        score = self.board.scores[proxy].to_numpy(float)
        accuracy = self.board.accuracy.to_numpy(float)
        defined = np.isfinite(score)
        if worst:
            lowest = score[defined].min() if defined.any() else 0.0
            return np.where(defined, score, np.nextafter(lowest, -np.inf)), accuracy, defined | True
        return score[defined], accuracy[defined], defined

    def sample(self, statistic: str, *, worst: bool = False) -> Sample:
        """Return a statistic of every proxy with what each class contributes."""
        codes, classes = self.numbers
        found, members = [], []
        for proxy in self.proxies:
            score, accuracy, there = self.pair(proxy, worst)
            found.append(_statistic(statistic, score, accuracy))
            members.append(codes[there])
        return Sample.of(found, members, classes)

    def partial(self, control: str) -> Sample:
        """Return Spearman's correlation with the control's held constant, by the delta method."""
        codes, classes = self.numbers
        found, members = [], []
        for proxy in self.proxies:
            score, accuracy, there = self.pair(proxy, worst=False)
            held = self.board.scores[control].to_numpy(float)[there]
            found.append(_given(score, accuracy, held))
            members.append(codes[there])
        return Sample.of(found, members, classes)

    def ranked(self, statistic: str, sample: Sample) -> Iterator[Correlation]:
        """Yield rows with intervals, places and distances from the leader."""
        low, high = sample.intervals()
        first, last = sample.ranks()
        more: list[dict[str, Any]] = [{} for _ in self.proxies]
        known = np.isfinite(sample.values) & np.isfinite(sample.errors)
        if known.any():
            leader = int(np.argmax(np.where(known, sample.values, -np.inf)))
            gaps, errors, p = sample.differences(leader)
            p[leader] = np.nan  # it is not compared with itself
            adjusted = holm(p)
            more = [
                {
                    "place_low": int(first[i]),
                    "place_high": int(last[i]),
                    "behind": float(gaps[i]),
                    "behind_low": float(gaps[i] - Z * errors[i]),
                    "behind_high": float(gaps[i] + Z * errors[i]),
                    "p_leader": float(adjusted[i]),
                }
                for i in range(len(self.proxies))
            ]
        for i, proxy in enumerate(self.proxies):
            yield self.row(proxy, statistic, sample.values[i], low[i], high[i], **more[i])

    def plain(self, statistic: str, sample: Sample) -> Iterator[Correlation]:
        """Yield rows with intervals alone."""
        low, high = sample.intervals()
        for i, proxy in enumerate(self.proxies):
            yield self.row(proxy, statistic, sample.values[i], low[i], high[i])

    def weighted(self) -> Iterator[Correlation]:
        """Yield the weighted tau, its interval symmetric after Fisher's transform."""
        codes, classes = self.numbers
        for proxy in self.proxies:
            score, accuracy, there = self.pair(proxy, worst=False)
            value = weighted_tau(score, accuracy) if len(score) > 1 else float("nan")
            error = np.nan
            if classes >= FEWEST and np.isfinite(value):
                drawn = selection.samples(codes[there])
                error = selection.spread(selection.top_weighted, score, accuracy, drawn)
            low, high = fisher(np.array([value]), np.array([error]))
            yield self.row(proxy, "weighted_tau", value, low[0], high[0])

    def selected(self) -> Iterator[Correlation]:
        """Yield what a proxy's favourites are worth."""
        codes, _ = self.numbers
        for proxy in self.proxies:
            score, accuracy, there = self.pair(proxy, worst=True)
            drawn = selection.samples(codes[there])
            for statistic, measure in selection.MEASURES.items():
                found = selection.measured(measure, score, accuracy, drawn)
                yield self.row(proxy, statistic, *found)

    def differences(self, statistic: str, sample: Sample) -> Iterator[Difference]:
        """Yield every two proxies' difference."""
        pairs, p = [], []
        for i, first in enumerate(self.proxies):
            gaps, errors, values = sample.differences(i)
            for j in range(i + 1, len(self.proxies)):
                pairs.append((first, self.proxies[j], gaps[j], errors[j]))
                p.append(values[j])
        for (first, second, gap, error), one, adjusted in zip(
            pairs, p, holm(np.array(p, dtype=float)), strict=True
        ):
            yield Difference(
                first,
                second,
                self.scored_on,
                self.name.dataset,
                self.cells,
                statistic,
                float(gap),
                float(gap - Z * error),
                float(gap + Z * error),
                float(one),
                float(adjusted),
            )

    def row(
        self, proxy: str, statistic: str, value: float, low: float, high: float, **more: Any
    ) -> Correlation:
        status = self.board.status[proxy]
        missing = int((status != "ok").sum())
        kept = WORST in statistic or statistic in selection.MEASURES
        return Correlation(
            proxy=proxy,
            scored_on=self.scored_on,
            dataset=self.name.dataset,
            split=self.name.split,
            epochs=self.name.epochs,
            accuracy_seed="mean" if self.name.seed is None else str(self.name.seed),
            cells=self.cells,
            statistic=statistic,
            value=float(value),
            low=float(low),
            high=float(high),
            n=len(status) - (0 if kept else missing),
            undefined=int((status == "undefined").sum()),
            failed=int((status == "failed").sum()),
            family=self.board.about[proxy].family,
            combines=self.board.about[proxy].combines,
            **more,
        )


def _statistic(name: str, score: Vector, accuracy: Vector) -> Statistic:
    if len(score) < 2:
        return Statistic(float("nan"), np.full(len(score), np.nan))
    return STATISTICS[name](score, accuracy)


def _given(score: Vector, accuracy: Vector, held: Vector) -> Statistic:
    r"""Return :math:`(a - b c) / \sqrt{(1 - b^2)(1 - c^2)}` of the three Spearman correlations."""
    pairs: Sequence[tuple[Vector, Vector]] = ((score, accuracy), (score, held), (accuracy, held))
    a, b, c = (_statistic("spearman", *pair) for pair in pairs)
    left, right = 1 - b.value**2, 1 - c.value**2
    if not left * right > 1e-12:
        return Statistic(float("nan"), np.full(len(score), np.nan))
    scale = np.sqrt(left * right)
    value = (a.value - b.value * c.value) / scale
    slopes = (
        1 / scale,
        (value * b.value / left - c.value / scale),
        (value * c.value / right - b.value / scale),
    )
    influence = sum(s * one.influence for s, one in zip(slopes, (a, b, c), strict=True))
    return Statistic(value, np.asarray(influence))
