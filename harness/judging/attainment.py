"""Attainment surfaces: what a share of runs reaches, of two objectives."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def attained(fronts: Sequence[Matrix], share: float) -> Matrix:
    """Return the corners of the surface that at least a share of the runs attains, (k, 2).

    A point is attained by a run whose front has one that is nowhere larger. Corners ascend in the
    first coordinate; between them the surface is a step. Source: Grunert da Fonseca, Fonseca and
    Hall, Inferential Performance Assessment of Stochastic Optimisers, EMO 2001.

    Args:
        fronts: of each run, (points, 2), smaller better.
        share: of the runs, above 0.
    """
    x = np.unique(np.concatenate([front[:, 0] for front in fronts]))
    best = np.full((len(fronts), len(x)), np.inf)
    for row, front in zip(best, fronts, strict=True):
        np.minimum.at(row, np.searchsorted(x, front[:, 0]), front[:, 1])
        np.minimum.accumulate(row, out=row)
    enough = max(math.ceil(share * len(fronts) - 1e-9), 1)
    y = np.sort(best, axis=0)[enough - 1]
    corner = y < np.append(np.inf, y[:-1])
    return np.stack([x[corner], y[corner]], axis=1)
