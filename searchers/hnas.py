"""Bayesian optimisation of the constraint of a training-free score."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from searchers.bayesian import Vector, proposed
from searchers.questions import Score, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="Shu et al., Unifying and Boosting Gradient-Based Training-Free NAS, NeurIPS 2022, "
    "arXiv:2201.09785",
    family="predictor",
    reads=("hnas_trace", "hnas_condition"),
    requires=("sklearn",),
)
def hnas(space: Space, rng: Generator, pool: int = 2000, probes: int = 5) -> Search:
    r"""Train the best candidate under a constraint that Bayesian optimisation moves.

    With the trace norm M and the condition :math:`\kappa` the score is :math:`\mu |M^2 - \tau^2| +
    \kappa / (M + 10^{-6})`, smaller better; the search is over :math:`(\tau, \log_{10} \mu)`, the
    value of a point the validation accuracy of the best candidate that was not trained yet, of
    ``pool`` random ones. Our reading: the pool is drawn once, :math:`\tau` runs over the norms that
    it has, and :math:`\log_{10} \mu` from -3 to 3.
    """
    drawn = list(dict.fromkeys(space.random(rng) for _ in range(pool)))
    scores: dict[str, list[float]] = {"hnas_trace": [], "hnas_condition": []}
    for candidate in drawn:
        for proxy, told in scores.items():
            told.append((yield Score(candidate, proxy)).value)
    norm, condition = (np.abs(told) for told in scores.values())
    known = np.isfinite(norm) & np.isfinite(condition)
    norm, condition = norm[known], condition[known]
    left = [candidate for candidate, finite in zip(drawn, known, strict=True) if finite]
    points, values = list[Vector](), list[float]()
    untried = np.ones(len(left), dtype=bool)
    while untried.any():
        point = proposed(points, values, probes, 2, rng)
        target = norm.min() + point[0] * np.ptp(norm)
        penalty = 10 ** (6 * point[1] - 3) * np.abs(norm**2 - target**2)
        worth = np.where(untried, penalty + condition / (norm + 1e-6), np.inf)
        best = int(np.argmin(worth))
        untried[best] = False
        points.append(point)
        values.append((yield Train(left[best])).value)
    return None
