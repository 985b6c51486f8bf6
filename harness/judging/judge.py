"""Every statistic of every proxy on one accuracy, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from benchmarks.accuracy_names import AccuracyName
from harness.judging import selection
from harness.judging.correlating import STATISTICS, correlated, partial, scores
from harness.judging.ranks import Vector, weighted_tau
from harness.judging.score_table import ScoreTable
from harness.judging.uncertainty import Sample, Z, fisher, holm
from harness.runs.designs import FEWEST
from reports.rows import Correlation, Difference

LEFT_OUT = "_left_out"
"""Suffix of a statistic that leaves out cells without a score instead of ranking them last."""

RANDOM = "random"
"""The row that draws its scores."""

CONTROLS = ("params", "live_params")
"""What a proxy should add to, where they are scored."""


def judge(
    table: ScoreTable, name: AccuracyName, scored_on: str
) -> tuple[list[Correlation], list[Difference]]:
    """Return all rows of a table: one a proxy, statistic and set of cells, and all differences."""
    correlations: list[Correlation] = []
    differences: list[Difference] = []
    for cells, part in table.sets.items():
        rows = _Rows(part, name, scored_on, cells)
        for statistic in STATISTICS:
            sample = correlated(part, statistic)
            correlations += rows.ranked(statistic, sample)
            if cells == "all" and statistic == "kendall":
                differences += rows.differences(statistic, sample)
        correlations += rows.weighted()
        if cells == "all":
            correlations += rows.selected()
        if cells != "top":
            for statistic in STATISTICS:
                sample = correlated(part, statistic, left_out=True)
                correlations += rows.plain(statistic + LEFT_OUT, sample)
        if cells == "all":
            for control in (c for c in CONTROLS if c in part.scores):
                correlations += rows.plain(f"spearman_given_{control}", partial(part, control))
    return correlations, differences


def judge_briefly(
    table: ScoreTable, name: AccuracyName, scored_on: str, favourites: int
) -> list[Correlation]:
    """Return what :func:`judge` says of all cells by rank correlations and by one regret alone."""
    part = table.sets["all"]
    rows = _Rows(part, name, scored_on, "all")
    own = [rows.plain(statistic, correlated(part, statistic)) for statistic in STATISTICS]
    return [*chain(*own), *rows.selected([("regret", favourites)])]


def ranked(
    table: ScoreTable, name: AccuracyName, scored_on: str, statistic: str, sample: Sample
) -> list[Correlation]:
    """Return rows of one statistic over all cells, with intervals and places."""
    return list(_Rows(table, name, scored_on, "all").ranked(statistic, sample))


@dataclass(frozen=True)
class _Rows:
    table: ScoreTable
    name: AccuracyName
    scored_on: str
    cells: str

    @property
    def proxies(self) -> list[str]:
        return [str(name) for name in self.table.scores]

    @cached_property
    def missing(self) -> dict[str, tuple[int, int]]:
        """How many cells each proxy is undefined on, and failed on."""
        status = self.table.status
        counts = [(status == kind).sum() for kind in ("undefined", "failed")]
        return {name: (int(counts[0][name]), int(counts[1][name])) for name in self.proxies}

    def ranked(self, statistic: str, sample: Sample) -> Iterator[Correlation]:
        """Yield rows with intervals, places and distances from the leader."""
        low, high = sample.intervals()
        places = sample.places()
        more: list[dict[str, Any]] = [{} for _ in self.proxies]
        known = np.isfinite(sample.values) & np.isfinite(sample.errors)
        if known.any():
            leader = int(np.argmax(np.where(known, sample.values, -np.inf)))
            gaps, errors, _ = sample.differences(leader)
            more = [
                {
                    "place_low": int(places.low[i]),
                    "place_high": int(places.high[i]),
                    "behind": float(gaps[i]),
                    "behind_low": float(gaps[i] - Z * errors[i]),
                    "behind_high": float(gaps[i] + Z * errors[i]),
                    "p_best": float(places.best[i]),
                    "needs": self.table.design.needed(len(self.table.scores), sample.errors[i]),
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
        accuracy, drawn, missed = self.resampled
        for proxy in self.proxies:
            score, _ = scores(self.table.scores[proxy], left_out=False)
            value = weighted_tau(score, accuracy) if len(score) > 1 else float("nan")
            error = np.nan
            if drawn is not None and np.isfinite(value):
                error = missed * selection.spread(selection.top_weighted, score, accuracy, drawn)
            low, high = fisher(np.array([value]), np.array([error]))
            yield self.row(proxy, "weighted_tau", value, low[0], high[0])

    def selected(
        self, measures: Iterable[tuple[str, int]] = tuple(selection.MEASURES)
    ) -> Iterator[Correlation]:
        """Yield what a proxy's favourites are worth, and what as many random cells are.

        Scores that are drawn at random are worth what a draw is expected to be.
        """
        accuracy, drawn, _ = self.resampled
        for proxy in self.proxies:
            score, _ = scores(self.table.scores[proxy], left_out=False)
            score = np.zeros(len(score)) if proxy == RANDOM else score
            for statistic, k in measures:
                measure = selection.MEASURES[statistic, k]
                if k >= len(score) and k != selection.TABLED:
                    continue  # all are favourites
                blind = measure(np.zeros(len(score)), accuracy, selection.whole(score))
                chance = {"k": k, "chance": float(blind[0])}
                if drawn is None:
                    value = float(measure(score, accuracy, selection.whole(score))[0])
                    yield self.row(proxy, statistic, value, np.nan, np.nan, **chance)
                else:
                    estimate = selection.measured(measure, score, accuracy, drawn)
                    yield self.row(proxy, statistic, *estimate, **chance)

    @property
    def resampled(self) -> tuple[Vector, selection.Chosen | None, float]:
        """Accuracies, halves of the cells, and the root of the share that was not drawn."""
        table = self.table
        cells = table.scores.index
        missed = 1 - float(np.mean(table.design.chance(cells, of_classes=table.of_classes)))
        units = table.design.units(cells, table.classes)
        few = len(set(units.tolist())) < FEWEST or missed <= 0
        drawn = None if few else selection.halves(units)
        return table.accuracy.to_numpy(float), drawn, missed**0.5

    def differences(self, statistic: str, sample: Sample) -> Iterator[Difference]:
        """Yield every two proxies' difference."""
        pairs, p = [], []
        for i, first in enumerate(self.proxies):
            gaps, errors, values = sample.differences(i)
            for j in range(i + 1, len(self.proxies)):
                pairs.append((first, self.proxies[j], gaps[j], errors[j]))
                p.append(values[j])
        for (first, second, gap, error), raw, adjusted in zip(
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
                float(raw),
                float(adjusted),
            )

    def row(
        self, proxy: str, statistic: str, value: float, low: float, high: float, **more: Any
    ) -> Correlation:
        undefined, failed = self.missing[proxy]
        left_out = undefined + failed if LEFT_OUT in statistic else 0
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
            n=len(self.table.scores) - left_out,
            undefined=undefined,
            failed=failed,
            family=self.table.entries[proxy].family,
            combines="+".join(self.table.entries[proxy].members),
            **more,
        )
