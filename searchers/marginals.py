"""NASI's rule on discrete candidates: the argmax on each axis of what a score adds there."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from searchers.questions import Candidate


def penalised(t: float, mu: float, nu: float) -> float:
    r"""Return NASI's objective, :math:`t - \mu \max(0, t - \nu)`; minus infinity stays that."""
    return t - mu * max(0.0, t - nu) if math.isfinite(t) else -math.inf


def marginal_means(
    candidates: Sequence[Candidate], values: Sequence[float], sizes: Sequence[int]
) -> list[NDArray[np.float64]]:
    """Return, for each axis, the mean of the finite values by choice; NaN where there is none."""
    kept = np.isfinite(values)
    places, finite = np.array(candidates)[kept], np.array(values)[kept]
    means = []
    for axis, size in enumerate(sizes):
        counts = np.bincount(places[:, axis], minlength=size)
        sums = np.bincount(places[:, axis], finite, size)
        means.append(np.divide(sums, counts, out=np.full(size, np.nan), where=counts > 0))
    return means


def best_choices(means: Sequence[NDArray[np.float64]]) -> list[int]:
    """Return the argmax of each axis, what is not known left out, the first of equals."""
    return [int(np.argmax(np.nan_to_num(mean, nan=-np.inf))) for mean in means]
