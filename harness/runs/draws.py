"""How candidates are drawn at random, and how probable it was that a class of them is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.space import Benchmark, Dataset

MIDDLE = 0.5
"""Where in its first step a systematic draw begins."""


def inclusion(sizes: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    r"""Return the probability with which each class is among ``count``, drawn by size.

    :math:`\pi_c = n' s_c / S'`, where a class that holds a whole step or more is sure to be drawn,
    and :math:`n'` of the others, which hold :math:`S'` cells, are left to draw. Source: Särndal,
    Swensson and Wretman, Model Assisted Survey Sampling, 1992, section 3.6.

    Args:
        sizes: cells of each class, (classes,).
        count: classes to draw, at most as many as there are.
    """
    sure = np.zeros(len(sizes), dtype=bool)
    while True:
        left, total = count - int(sure.sum()), sizes[~sure].sum()
        more = ~sure & (sizes * left >= total)
        if not more.any():
            return np.where(sure, 1.0, sizes * left / max(total, 1))
        sure |= more


def stratified(
    classes: pd.Series,
    live: pd.Series,
    count: int,
    draw: np.random.Generator,
    start: float = MIDDLE,
) -> list[int]:
    """Return the cells of ``count`` classes, drawn by size along their live parameters.

    Cells stand in a row, those of a class together, classes by live parameters and at random where
    these are equal; every step along the row takes the class that it falls on, with all its cells.
    So a class is drawn as probably as it is large, and cells as they are mixed in the space.
    Classes that hold a whole step are taken first, once each.

    Args:
        classes: the class of each candidate, by index.
        live: live parameters of each class, by class.
        count: classes to draw, at most as many as there are.
        draw: for the order of ties.
        start: where in the first step to begin, 0 to 1.
    """
    codes, names = pd.factorize(classes)
    sizes = np.bincount(codes)
    order = np.lexsort((draw.permutation(len(names)), live.loc[names].to_numpy()))
    chance = inclusion(sizes, count)
    sure = np.flatnonzero(chance == 1)
    rest = order[chance[order] < 1]
    ends = np.cumsum(sizes[rest])
    points = (np.arange(count - len(sure)) + start) * (ends[-1] if len(ends) else 0)
    points /= max(count - len(sure), 1)
    hit = np.searchsorted(ends, points, side="right")
    taken = np.zeros(len(names), dtype=bool)
    taken[sure] = True
    taken[rest[hit]] = True
    return [int(i) for i in classes.index[taken[codes]]]


def live_parameters(classes: pd.Series, space: Benchmark, dataset: Dataset) -> pd.Series:
    """Return the live parameters of each class, by class."""
    names = classes.unique()
    return pd.Series([space.live_cost(arch, dataset).params for arch in names], names)
