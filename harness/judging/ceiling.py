"""The noise ceiling: how well the true accuracy itself would rank the accuracies that are stored.

Two trainings of one network differ by the training seed. If t is a cell's true accuracy and y, y'
are two measurements of it, corr(t, y)^2 = corr(y, y'). That holds for Pearson's r; rank
correlations are taken there and back as if ranks were those of a bivariate normal, r =
sin(pi tau / 2) = 2 sin(pi rho / 6) (Kruskal, JASA 1958).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from harness.judging.ranks import Statistic, Vector, kendall, spearman
from reports.rows import Ceiling

FEWEST = 20
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
    trials: pd.DataFrame, dataset: str, statistic: str, averaged: float
) -> Ceiling | None:
    """Return the ceiling of a mean over ``averaged`` seeds, from accuracies (cells x seeds).

    The agreement of single trainings, two drawn of each cell, becomes that of means by
    Spearman's and Brown's formula, k r / (1 + (k - 1) r).
    """
    several = trials[trials.notna().sum(axis=1) >= 2]
    if len(several) < FEWEST:
        return None
    scale = SCALES[statistic]
    found = []
    for draw in map(np.random.default_rng, range(5)):
        keys = np.where(several.notna(), draw.random(several.shape), 2.0)  # the missing come last
        first, second = np.argsort(keys, axis=1)[:, :2].T
        rows = np.arange(len(several))
        values = several.to_numpy()
        found.append(scale.statistic(values[rows, first], values[rows, second]).value)
    agreement = float(np.mean(found))
    if not agreement > 0:
        return None  # what is stored is noise
    r = scale.to_r(agreement)
    mean = averaged * r / (1 + (averaged - 1) * r)
    value = scale.from_r(mean**0.5)
    return Ceiling(dataset, statistic, value, agreement, len(several), "training seeds")


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
    agreement = scale.statistic(first.to_numpy(), second.to_numpy()).value
    if not agreement > 0:
        return None  # what is stored is noise
    r = scale.to_r(agreement)
    value = scale.from_r(r**0.5)
    return Ceiling(dataset, statistic, value, agreement, len(first), "isomorphic cells")
