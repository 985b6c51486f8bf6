"""Bayesian optimisation of the weights of several scores, then down their ranking."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from searchers.bayesian import Vector, proposed
from searchers.questions import Score, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="He et al., Robustifying and Boosting Training-Free NAS, ICLR 2024, arXiv:2403.07591",
    family="predictor",
    requires=("sklearn",),
)
def robot(
    space: Space, rng: Generator, proxies: str, pool: int = 1000, explore: int = 20, probes: int = 5
) -> Search:
    """Weigh several proxies by what the best candidate of each weighting reaches, then be greedy.

    ``proxies`` are joined by ``+``. For ``explore`` steps Bayesian optimisation proposes weights
    between -1 and 1 of scores scaled to 0 to 1, and the best candidate by their sum is trained, if
    it was not yet. Then candidates are trained in the order of the best weights. Our reading of the
    paper: scores are of ``pool`` random candidates, all of the space if it is 0; an undefined score
    counts 0.
    """
    names = proxies.split("+")
    every = space.candidates() if not pool else [space.random(rng) for _ in range(pool)]
    drawn = list(dict.fromkeys(every))
    table = np.zeros((len(drawn), len(names)))
    for row, candidate in enumerate(drawn):
        for column, proxy in enumerate(names):
            table[row, column] = (yield Score(candidate, proxy)).value
    scaled = np.stack([to_unit(column) for column in table.T], axis=1)
    accuracy: dict[int, float] = {}
    points, values = list[Vector](), list[float]()
    for _ in range(explore):
        point = proposed(points, values, probes, len(names), rng)
        best = int(np.argmax(scaled @ (2 * point - 1)))
        if best not in accuracy:
            accuracy[best] = (yield Train(drawn[best])).value
        points.append(point)
        values.append(accuracy[best])
    weights = 2 * points[int(np.argmax(values))] - 1
    for row in np.argsort(-(scaled @ weights), kind="stable"):
        if row not in accuracy:
            yield Train(drawn[row])
    return None


def to_unit(scores: Vector) -> Vector:
    """Return scores scaled to 0 to 1 over those that are finite; the others, and equals, are 0."""
    finite = np.isfinite(scores)
    low, high = (scores[finite].min(), scores[finite].max()) if finite.any() else (0.0, 0.0)
    span = high - low if high > low else 1.0
    scaled: Vector = np.where(finite, (scores - low) / span, 0.0)
    return scaled
