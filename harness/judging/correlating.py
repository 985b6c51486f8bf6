"""Correlations of every proxy of a table, with what each draw contributes to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.judging.ranks import Statistic, Vector, kendall, spearman
from harness.judging.score_table import ScoreTable
from harness.judging.uncertainty import Sample

STATISTICS = {"kendall": kendall, "spearman": spearman}

Correlated = Callable[[Vector, NDArray[np.bool_]], Statistic]
"""From a proxy's scores, and which cells they are of, to a statistic with influences."""


def correlated(table: ScoreTable, statistic: str, *, left_out: bool = False) -> Sample:
    """Return a statistic of every proxy; cells without a score rank last, or are left out."""
    accuracy = table.accuracy.to_numpy(float)
    weights = table.design.weights(table.scores.index, of_classes=table.of_classes)

    def of(score: Vector, there: NDArray[np.bool_]) -> Statistic:
        return _statistic(statistic, score, accuracy[there], weights[there])

    return _sample(table, of, left_out)


def partial(table: ScoreTable, control: str) -> Sample:
    """Return Spearman's correlation with the control's held constant, by the delta method."""
    accuracy, held = table.accuracy.to_numpy(float), scores(table.scores[control], False)[0]
    weights = table.design.weights(table.scores.index, of_classes=table.of_classes)

    def of(score: Vector, there: NDArray[np.bool_]) -> Statistic:
        return _given(score, accuracy[there], held[there], weights[there])

    return _sample(table, of, False)


def scores(column: pd.Series, left_out: bool) -> tuple[Vector, NDArray[np.bool_]]:
    """Return scores and which cells they are of; what has none ranks below all others."""
    score = column.to_numpy(float)
    defined = np.isfinite(score)
    if left_out:
        return score[defined], defined
    lowest = score[defined].min() if defined.any() else 0.0
    return np.where(defined, score, np.nextafter(lowest, -np.inf)), defined | True


def _sample(table: ScoreTable, of: Correlated, left_out: bool) -> Sample:
    cells, classes = table.scores.index, table.classes
    values, rows = [], []
    for proxy in table.scores:
        value, influence = _spread(of, *scores(table.scores[proxy], left_out))
        values.append(value)
        row = table.design.contributions(influence, cells, classes, of_classes=table.of_classes)
        if len(table.seeds) > 1:
            total = sum(of_seed[proxy] for of_seed in table.seeds)
            others = [(total - of_seed[proxy]) / (len(table.seeds) - 1) for of_seed in table.seeds]
            without = [_spread(of, *scores(of_seed, left_out))[1] for of_seed in others]
            noise = table.design.initialisation(np.stack(without), cells, classes)
            row = np.append(row, noise)
        if len(table.supernets) > 1:
            row = np.append(row, _of_supernets(table, of, str(proxy), left_out))
        rows.append(row)
    return Sample(np.array(values), np.stack(rows))


def _of_supernets(table: ScoreTable, of: Correlated, proxy: str, left_out: bool) -> Vector:
    r"""Return what each supernet adds to a mean over them, (supernets,).

    All children of a supernet deviate together, so no draw of children shows it: the jackknife
    :math:`\frac{S-1}{S} \sum_s (v_{(s)} - \bar v)^2` is of the statistic itself, with
    :math:`v_{(s)}` its value where supernet s is left out. A score of single networks has none.
    """
    seeds = len(table.supernets)
    if proxy not in table.supernets[0]:
        return np.zeros(seeds)
    total = sum(of_one[proxy] for of_one in table.supernets)
    others = [(total - of_one[proxy]) / (seeds - 1) for of_one in table.supernets]
    without = np.array([of(*scores(mean, left_out)).value for mean in others])
    noise: Vector = (without - without.mean()) * np.sqrt((seeds - 1) / seeds)
    return noise


def _spread(of: Correlated, score: Vector, there: NDArray[np.bool_]) -> tuple[float, Vector]:
    """Return a statistic and its influences over all cells, 0 where a cell is left out."""
    value, influence = of(score, there)
    everywhere = np.zeros(len(there))
    everywhere[there] = influence
    return value, everywhere


def _statistic(name: str, score: Vector, accuracy: Vector, weights: Vector) -> Statistic:
    if len(score) < 2:
        return Statistic(float("nan"), np.full(len(score), np.nan))
    return STATISTICS[name](score, accuracy, weights)


def _given(score: Vector, accuracy: Vector, held: Vector, weights: Vector) -> Statistic:
    r"""Return :math:`(a - b c) / \sqrt{(1 - b^2)(1 - c^2)}` of the three Spearman correlations."""
    pairs: Sequence[tuple[Vector, Vector]] = ((score, accuracy), (score, held), (accuracy, held))
    a, b, c = (_statistic("spearman", *pair, weights) for pair in pairs)
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
    influence = sum(s * statistic.influence for s, statistic in zip(slopes, (a, b, c), strict=True))
    return Statistic(value, np.asarray(influence))
