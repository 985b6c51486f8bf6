"""One step of Bayesian optimisation in a box."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Vector = NDArray[np.float64]

WIDTH = 2.576
"""Standard deviations of the upper confidence bound."""

PROPOSALS = 1000
"""Points of which the one with the largest bound is taken."""


def proposed(
    points: Sequence[Vector], values: Sequence[float], probes: int, dimensions: int, rng: Generator
) -> Vector:
    """Return the next point of the unit cube: at random first, then by the upper confidence bound.

    A Gaussian process with Matern's 5/2 kernel is fitted to the standardised values.

    Args:
        points: of the cube, that were tried.
        values: what was found there, larger better.
        probes: how many points are drawn before the process is asked.
        dimensions: of the cube.
        rng: draws.
    """
    drawn = rng.random((PROPOSALS, dimensions))
    if len(points) < probes or np.ptp(values) == 0:
        first: Vector = drawn[0]
        return first
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern

    process = GaussianProcessRegressor(Matern(nu=2.5), alpha=1e-6, normalize_y=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a length scale at the end of its range is usual
        process.fit(np.array(points), np.array(values))
        mean, error = process.predict(drawn, return_std=True)
    best: Vector = drawn[int(np.argmax(np.asarray(mean) + WIDTH * np.asarray(error)))]
    return best
