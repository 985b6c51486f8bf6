"""The noise ceiling: how well the true accuracy itself would rank the accuracies that are stored.

Two trainings of one network differ by the training seed. If t is a cell's true accuracy and y, y'
are two measurements of it, corr(t, y)^2 = corr(y, y'). That holds for Pearson's r; rank
correlations are taken there and back as if ranks were those of a bivariate normal, r =
sin(pi tau / 2) = 2 sin(pi rho / 6) (Kruskal, JASA 1958).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from harness.judging.ranks import Statistic, Vector, kendall, spearman
from harness.judging.uncertainty import error_of, fisher
from reports.rows import Ceiling, Correlation

FEWEST = 200
"""Pairs of trainings below which no ceiling is given."""


class Scale(NamedTuple):
    """A rank correlation, and its way to Pearson's r of a bivariate normal and back."""

    statistic: Callable[[Vector, Vector], Statistic]
    to_r: Callable[[float], float]
    from_r: Callable[[float], float]


SCALES = {
    "kendall": Scale(
        kendall, lambda v: float(np.sin(np.pi * v / 2)), lambda r: float(2 / np.pi * np.arcsin(r))
    ),
    "spearman": Scale(
        spearman,
        lambda v: float(2 * np.sin(np.pi * v / 6)),
        lambda r: float(6 / np.pi * np.arcsin(r / 2)),
    ),
}


def from_seeds(
    trials: pd.DataFrame, dataset: str, statistic: str, averaged: float, source: str
) -> Ceiling | None:
    """Return the ceiling of a mean over ``averaged`` seeds, from accuracies (cells x seeds).

    The agreement of single trainings, two drawn of each cell, becomes that of means by
    Spearman's and Brown's formula, k r / (1 + (k - 1) r).
    """
    several = trials[trials.notna().sum(axis=1) >= 2]
    if len(several) < FEWEST:
        return None
    scale = SCALES[statistic]
    agreements = []
    for draw in map(np.random.default_rng, range(5)):
        keys = np.where(several.notna(), draw.random(several.shape), 2.0)  # the missing come last
        first, second = np.argsort(keys, axis=1)[:, :2].T
        rows = np.arange(len(several))
        values = several.to_numpy()
        agreements.append(scale.statistic(values[rows, first], values[rows, second]))
    agreement = Statistic(
        float(np.mean([statistic.value for statistic in agreements])),
        np.mean([statistic.influence for statistic in agreements], axis=0),
    )
    return _ceiling(agreement, averaged, dataset, statistic, source)


def from_classes(
    accuracy: pd.Series, classes: pd.Series, dataset: str, statistic: str
) -> Ceiling | None:
    """Return the ceiling from cells that compute the same function, two trainings of one."""
    frame = pd.DataFrame({"accuracy": accuracy, "class": classes}).sort_index()
    frame["place"] = frame.groupby("class").cumcount()
    first, second = (frame[frame["place"] == k].set_index("class")["accuracy"] for k in (0, 1))
    first = first.reindex(second.index)
    if len(first) < FEWEST:
        return None
    scale = SCALES[statistic]
    agreement = scale.statistic(first.to_numpy(), second.to_numpy())
    return _ceiling(agreement, 1, dataset, statistic, "isomorphic cells")


def _ceiling(
    agreement: Statistic, averaged: float, dataset: str, statistic: str, source: str
) -> Ceiling | None:
    """Return the ceiling that an agreement of two trainings makes, and its standard error."""
    if not agreement.value > 0:
        return None  # what is stored is noise
    scale = SCALES[statistic]

    def of(value: float) -> float:
        r = scale.to_r(value)
        return scale.from_r((averaged * r / (1 + (averaged - 1) * r)) ** 0.5)

    step = 1e-6 * min(agreement.value, 1 - agreement.value) or 1e-9
    slope = (of(agreement.value) - of(agreement.value - step)) / step
    error = abs(slope) * float(np.sqrt((agreement.influence**2).sum()))
    n = len(agreement.influence)
    return Ceiling(dataset, statistic, of(agreement.value), agreement.value, n, source, error)


WITHOUT_NOISE = "_without_noise"
"""Suffix of a statistic that is told of the accuracy that training without noise would reach."""


def without_noise(row: Correlation, ceiling: Ceiling) -> Correlation:
    r"""Return a correlation with the true accuracy, of which the stored one is a measurement.

    If scores, true and measured accuracies are as one normal distribution and the noise has nothing
    to do with the score, :math:`r(x, y) = r(x, t)\, r(t, y)`. With :math:`r = \sin(\pi\tau/2)` and
    the ceiling :math:`c` as :math:`r(t, y)`,

    .. math:: \tau_t = \frac{2}{\pi} \arcsin\frac{\sin(\pi\tau/2)}{\sin(\pi c/2)},

    at most 1. The interval is that of the delta method, symmetric after Fisher's transform; the
    errors of :math:`\tau` and :math:`c` are taken as independent. Source: Spearman, The Proof and
    Measurement of Association between Two Things, Am. J. Psychol. 1904; Kruskal, JASA 1958.
    """
    scale = SCALES[row.statistic]

    def of(value: float, most: float) -> float:
        return scale.from_r(float(np.clip(scale.to_r(value) / scale.to_r(most), -1, 1)))

    value, step = of(row.value, ceiling.value), 1e-6
    by_value = (of(row.value + step, ceiling.value) - of(row.value - step, ceiling.value)) / step
    by_most = (of(row.value, ceiling.value + step) - of(row.value, ceiling.value - step)) / step
    errors = by_value / 2 * error_of(row.value, row.low, row.high), by_most / 2 * ceiling.error
    low, high = fisher(np.array([value]), np.array([np.hypot(*errors)]))
    return row._replace(
        statistic=row.statistic + WITHOUT_NOISE,
        value=value,
        low=float(low[0]),
        high=float(high[0]),
        **Correlation._field_defaults | {"combines": row.combines},
    )


def told_without_noise(
    rows: Sequence[Correlation], ceilings: Sequence[Ceiling]
) -> list[Correlation]:
    """Return the correlations over all cells that have a ceiling, without the noise of training."""
    known = {
        (ceiling.dataset, ceiling.statistic): ceiling
        for ceiling in ceilings
        if ceiling.cells == "all"
    }
    return [
        without_noise(row, known[row.dataset, row.statistic])
        for row in rows
        if row.cells == "all" and (row.dataset, row.statistic) in known
    ]
