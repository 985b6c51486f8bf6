"""What a proxy is worth to someone who trains only its favourites."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.judging.ranks import Vector

SHARE = 0.1
"""Of the cells, whose overlap with the best by accuracy is the precision."""

FAVOURITES = 10
"""Cells that are trained, whose best is compared with the best there is."""

CERTAIN, DRAWN = 200, 400
"""Cells whose pairs stand for all pairs in the weighted tau of a sample."""

DRAWS = 200
"""Bootstrap samples of classes."""

Counts = NDArray[np.int32]
"""How often each cell stands in each sample, (samples, cells)."""

Measure = Callable[[Vector, Vector, Counts], Vector]


def precision(score: Vector, accuracy: Vector, counts: Counts) -> Vector:
    """Return how many of the best tenth by score are in the best tenth by accuracy, (samples,).

    Cells that tie in score at the border are taken worst accuracy first: a proxy that cannot tell
    cells apart gets no credit for it. Those that tie in accuracy all count as among the best.
    """
    size = np.maximum(1, np.rint(SHARE * counts.sum(1)).astype(np.int32))[:, None]
    order = np.argsort(-accuracy, kind="stable")
    last = (np.cumsum(counts[:, order], axis=1, dtype=np.int32) >= size).argmax(1)
    best = accuracy >= accuracy[order[last]][:, None]
    found: Vector = (_taken(score, accuracy, counts, size) * best).sum(1) / size[:, 0]
    return found


def regret(score: Vector, accuracy: Vector, counts: Counts) -> Vector:
    """Return how many points the best of the ten cells of largest score stays behind the best.

    Ties at the border count against the proxy, as in :func:`precision`.
    """
    there = np.where(counts > 0, accuracy, -np.inf).max(1)
    size = np.full((len(counts), 1), FAVOURITES, dtype=np.int32)
    taken = _taken(score, accuracy, counts, size) > 0
    found: Vector = there - np.where(taken, accuracy, -np.inf).max(1)
    return found


def top_weighted(score: Vector, accuracy: Vector, counts: Counts) -> Vector:
    """Return :func:`harness.judging.ranks.weighted_tau` of every sample, (samples,).

    The sum over first members of pairs runs over the best :data:`CERTAIN` cells by accuracy and
    :data:`DRAWN` of the rest, drawn in proportion to their weights.
    """
    descending = np.argsort(-accuracy, kind="stable")
    places, shares = _first_members(len(accuracy))
    first = descending[places]
    signs = np.sign(score[first, None] - score) * np.sign(accuracy[first, None] - accuracy)
    sizes = counts.sum(1, keepdims=True)
    bounds = [_bounds(one, counts, first) for one in (score, accuracy)]
    weights = counts[:, first] / np.maximum(sizes - bounds[1][0], 1) / shares
    own = counts.astype(np.float32) @ signs.T.astype(np.float32)
    untied = [sizes - (high - low) for low, high in bounds]
    p, a, b = ((weights * one).sum(1) for one in (own, *untied))
    scale = np.sqrt(a * b)
    found: Vector = np.divide(p, scale, out=np.full(len(p), np.nan), where=scale > 0)
    return found


def _first_members(n: int) -> tuple[NDArray[np.int64], Vector]:
    """Return places in the order by accuracy, and the probability with which each was taken."""
    if n <= CERTAIN + DRAWN:
        return np.arange(n), np.ones(n)
    rest = np.arange(CERTAIN, n)
    share = np.minimum(1 / (rest + 1) / (1 / (rest + 1)).sum() * DRAWN, 1.0)
    steps = np.floor(np.cumsum(share) + 0.5)
    taken = np.diff(steps, prepend=0.0) > 0
    return np.append(np.arange(CERTAIN), rest[taken]), np.append(np.ones(CERTAIN), share[taken])


def _bounds(values: Vector, counts: Counts, at: NDArray[np.int64]) -> tuple[Counts, Counts]:
    """Return how many of each sample are below the values ``at``, and how many not above."""
    order = np.argsort(values, kind="stable")
    upto = np.zeros((len(counts), len(values) + 1), dtype=np.int32)
    np.cumsum(counts[:, order], axis=1, out=upto[:, 1:])
    ordered = values[order]
    low, high = (np.searchsorted(ordered, values[at], side=side) for side in ("left", "right"))
    return upto[:, low], upto[:, high]


def _taken(score: Vector, accuracy: Vector, counts: Counts, size: Counts) -> Counts:
    """Return how often each cell is among the ``size`` of largest score, (samples, cells)."""
    order = np.lexsort((accuracy, -score))
    upto = np.minimum(np.cumsum(counts[:, order], axis=1, dtype=np.int32), size)
    taken = np.empty_like(upto)
    taken[:, order] = np.diff(upto, axis=1, prepend=0)
    return taken


MEASURES: dict[str, Measure] = {"precision": precision, "regret": regret}
"""What is measured with cells that have no score last."""


def samples(classes: NDArray[np.int64]) -> Counts:
    """Return bootstrap samples of classes, as counts of their cells, (samples, cells)."""
    return _samples(np.ascontiguousarray(classes, dtype=np.int64).tobytes())


@lru_cache(maxsize=4)  # most proxies of a table score the same cells
def _samples(classes: bytes) -> Counts:
    _, numbers = np.unique(np.frombuffer(classes, dtype=np.int64), return_inverse=True)
    many = int(numbers.max()) + 1
    draw = np.random.default_rng(0)
    counts = draw.multinomial(many, np.full(many, 1 / many), size=DRAWS).astype(np.int32)
    found: Counts = counts[:, numbers]
    found.setflags(write=False)
    return found


def spread(measure: Measure, score: Vector, accuracy: Vector, drawn: Counts) -> float:
    """Return the standard deviation of a measure over bootstrap samples, its standard error."""
    return float(np.nanstd(measure(score, accuracy, drawn)))


def measured(
    measure: Measure, score: Vector, accuracy: Vector, drawn: Counts
) -> tuple[float, float, float]:
    """Return a measure of all cells and its 95 % percentile interval over bootstrap samples."""
    value = float(measure(score, accuracy, np.ones((1, len(score)), dtype=np.int32))[0])
    low, high = np.quantile(measure(score, accuracy, drawn), [0.025, 0.975])
    return value, float(low), float(high)
