"""One-shot predictors a supernet at a time: what one ranks, over children and over supernets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import stdtr, stdtrit

from harness.judging.correlating import STATISTICS, scores
from harness.judging.ranks import Vector
from harness.judging.score_table import ScoreTable
from reports.rows import SupernetCorrelation, SupernetDifference

CONTROL = "params"
"""The row of single networks that stands beside the supernets."""

SETS = ("all", "top")
STATISTIC = "kendall"


@dataclass(frozen=True)
class PerSupernet:
    """A statistic of each supernet, and what each drawn child adds to their mean.

    A score of single networks has one value for all.
    """

    values: Vector
    contributions: Vector

    def __sub__(self, other: PerSupernet) -> PerSupernet:
        return PerSupernet(self.values - other.values, self.contributions - other.contributions)


def per_supernet(
    table: ScoreTable, seconds: Mapping[str, float]
) -> tuple[list[SupernetCorrelation], list[SupernetDifference]]:
    """Return each predictor's mean over supernets, and all differences, paired over seeds.

    ``seconds`` are of one supernet or, of single networks, of all children, by name.
    """
    correlations: list[SupernetCorrelation] = []
    differences: list[SupernetDifference] = []
    for cells in SETS if table.supernets else ():
        part = table.sets[cells]
        by_predictor = dict(_each(part))
        for name, each in by_predictor.items():
            ends = {end: value for end, value in _ends(each).items() if not end.endswith("p")}
            correlations.append(
                SupernetCorrelation(
                    predictor=name,
                    cells=cells,
                    statistic=STATISTIC,
                    value=float(each.values.mean()),
                    n=len(part.scores),
                    supernets=len(each.values) if name != CONTROL else 0,
                    seconds=seconds.get(name, float("nan")),
                    **ends,
                )
            )
        for first, second in combinations(by_predictor, 2):
            gap = by_predictor[first] - by_predictor[second]
            differences.append(
                SupernetDifference(
                    first=first,
                    second=second,
                    cells=cells,
                    statistic=STATISTIC,
                    difference=float(gap.values.mean()),
                    supernets=len(gap.values),
                    **_ends(gap),
                )
            )
    return correlations, differences


def _each(table: ScoreTable) -> Iterator[tuple[str, PerSupernet]]:
    accuracy = table.accuracy.to_numpy(float)
    weights = table.design.weights(table.scores.index)
    columns = {str(name): [frame[name] for frame in table.supernets] for name in table.supernets[0]}
    if CONTROL in table.scores:
        columns[CONTROL] = [table.scores[CONTROL]] * len(table.supernets)
    for name, each in columns.items():
        taus = [STATISTICS[STATISTIC](scores(score, False)[0], accuracy, weights) for score in each]
        influence = np.mean([statistic.influence for statistic in taus], axis=0)
        added = table.design.contributions(influence, table.scores.index, table.classes)
        yield name, PerSupernet(np.array([statistic.value for statistic in taus]), added)


def _ends(each: PerSupernet) -> dict[str, float]:
    r"""Return 95 % intervals and p-values by Student's t, of supernets and of children beside them.

    The variance is :math:`a + b` of children and supernets, with Satterthwaite's
    :math:`(a + b)^2 (S - 1) / b^2` degrees of freedom: a comes of many children, b of S supernets.
    Source: Satterthwaite, An Approximate Distribution of Estimates of Variance Components,
    Biometrics 1946. One supernet tells nothing of supernets: NaN.
    """
    n, mean = len(each.values), float(each.values.mean())
    of_children = float((each.contributions**2).sum())
    of_supernets = float(each.values.var(ddof=1) / n) if n > 1 else float("nan")
    whole = of_children + of_supernets
    freedom = (n - 1) * (whole / of_supernets) ** 2 if of_supernets > 0 else np.inf
    low, high, p = _student(mean, whole, freedom)
    alone = _student(mean, of_supernets, n - 1)
    return {
        "low": low,
        "high": high,
        "p": p,
        **dict(zip(("supernets_low", "supernets_high", "supernets_p"), alone, strict=True)),
    }


def _student(mean: float, variance: float, freedom: float) -> tuple[float, float, float]:
    if not variance > 0:
        return float("nan"), float("nan"), float("nan")
    error, freedom = variance**0.5, min(freedom, 1e9)
    half = float(stdtrit(freedom, 0.975)) * error
    return mean - half, mean + half, float(2 * stdtr(freedom, -abs(mean) / error))
