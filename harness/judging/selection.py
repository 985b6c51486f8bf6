"""What a proxy is worth to someone who trains only its favourites."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from harness.judging.ranks import Vector

SHARE = 0.1
"""Of the cells, whose overlap with the best by accuracy is the precision."""

FAVOURITES = (1, 5, 10, 50, 100)
"""Cells that are trained, whose best is compared with the best there is."""

TABLED = 10
"""Of them, what a table shows."""

CERTAIN, DRAWN = 200, 400
"""Cells whose pairs stand for all pairs in the weighted tau of a sample."""

DRAWS = 200
"""Halves of a run's cells."""

Counts = NDArray[np.int32]

Chosen = NDArray[np.bool_]
"""Which cells stand in each sample, (samples, cells)."""

Measure = Callable[[Vector, Vector, Chosen], Vector]


def precision(score: Vector, accuracy: Vector, chosen: Chosen) -> Vector:
    """Return which share of the best tenth by score is of the best tenth by accuracy, (samples,).

    The expectation where scores tie at the border and a draw decides. Cells that tie in accuracy
    at theirs all count as among the best.
    """
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=np.nan) != 0)
    by_accuracy = np.argsort(-accuracy, kind="stable")
    shares = np.empty(len(chosen))
    for row, there in enumerate(chosen):
        size = max(1, round(SHARE * there.sum()))
        least = accuracy[by_accuracy[there[by_accuracy]][size - 1]]
        best = (there & (accuracy >= least))[order].astype(np.int64)
        counts = np.add.reduceat(there[order].astype(np.int64), starts)
        hits = np.add.reduceat(best, starts)
        left = np.clip(size - (np.cumsum(counts) - counts), 0, counts)
        shares[row] = (hits * left / np.maximum(counts, 1)).sum() / size
    return shares


def regret(favourites: int) -> Measure:
    """Return the measure of points that the best of so many cells of largest score lies behind.

    The expectation where scores tie at the border and a draw decides (see :func:`best_of_drawn`).
    """

    def measure(score: Vector, accuracy: Vector, chosen: Chosen) -> Vector:
        order = np.lexsort((-accuracy, -score))
        there, ranked, reached = chosen[:, order], score[order], accuracy[order]
        best = np.maximum.accumulate(np.where(there, reached, -np.inf), axis=1)
        upto = np.zeros((len(there), len(order) + 1), dtype=np.int32)
        np.cumsum(there, axis=1, out=upto[:, 1:])
        k = np.minimum(favourites, upto[:, -1])
        border = (upto[:, 1:] < k[:, None]).sum(1)  # where the last of the favourites stands
        first, last = (np.searchsorted(-ranked, -ranked[border], side=s) for s in ("left", "right"))
        rows = np.arange(len(there))
        tied, drawn = upto[rows, last] - upto[rows, first], k - upto[rows, first]
        regrets = best[:, -1] - best[rows, last - 1]
        for row in np.flatnonzero(tied > drawn):
            border = slice(first[row], last[row])
            sure = best[row, first[row] - 1] if first[row] else -np.inf
            among = reached[border][there[row, border]]
            regrets[row] = best[row, -1] - best_of_drawn(among, int(drawn[row]), sure)
        return np.asarray(regrets, dtype=np.float64)

    return measure


def best_of_drawn(accuracy: Vector, r: int, sure: float) -> float:
    r"""Return the expected largest accuracy of r cells drawn without replacement, or ``sure``.

    Of g cells the j-th best is the best that is drawn with probability
    :math:`\binom{g - j}{r - 1} / \binom{g}{r}`.

    Args:
        accuracy: descending, (g,).
        r: how many are drawn.
        sure: an accuracy that is reached whatever is drawn.
    """
    g = len(accuracy)
    # none of the j - 1 best is drawn: (g - j + 1 choose r) / (g choose r), a running product
    j = np.arange(g - r + 1)
    worse = np.append(1.0, np.cumprod((g - r - j[:-1]) / (g - j[:-1])))
    chance = worse * r / (g - j)
    return float(chance @ np.maximum(accuracy[: g - r + 1], sure))


def top_weighted(score: Vector, accuracy: Vector, chosen: Chosen) -> Vector:
    """Return :func:`harness.judging.ranks.weighted_tau` of every sample, (samples,).

    The sum over first members of pairs runs over the best :data:`CERTAIN` cells by accuracy and
    :data:`DRAWN` of the rest, drawn in proportion to their weights.
    """
    counts = chosen.astype(np.int32)
    descending = np.argsort(-accuracy, kind="stable")
    places, shares = _first_members(len(accuracy))
    first = descending[places]
    signs = np.sign(score[first, None] - score) * np.sign(accuracy[first, None] - accuracy)
    sizes = counts.sum(1, keepdims=True)
    bounds = [_bounds(values, counts, first) for values in (score, accuracy)]
    weights = counts[:, first] / np.maximum(sizes - bounds[1][0], 1) / shares
    own = counts.astype(np.float32) @ signs.T.astype(np.float32)
    untied = [sizes - (high - low) for low, high in bounds]
    p, a, b = ((weights * total).sum(1) for total in (own, *untied))
    scale = np.sqrt(a * b)
    taus: Vector = np.divide(p, scale, out=np.full(len(p), np.nan), where=scale > 0)
    return taus


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


MEASURES: dict[tuple[str, int], Measure] = {
    ("precision", 0): precision,
    **{("regret", k): regret(k) for k in FAVOURITES},
}
"""What favourites are worth, by statistic and how many of them are trained (0: a tenth)."""


def halves(units: NDArray[np.int64]) -> Chosen:
    r"""Return random halves of what was drawn, none of it twice, as cells, (samples, cells).

    A value of a half varies about that of the whole as the whole varies about the population's,
    :math:`1/(n/2) - 1/n = 1/n`: the delete-half jackknife (Shao and Wu, Ann. Stat. 1989). Copies of
    a cell, as of a bootstrap, would take places among favourites.
    """
    return _halves(np.ascontiguousarray(units, dtype=np.int64).tobytes())


@lru_cache(maxsize=4)
def _halves(units: bytes) -> Chosen:
    _, numbers = np.unique(np.frombuffer(units, dtype=np.int64), return_inverse=True)
    many = int(numbers.max()) + 1
    draw = np.random.default_rng(0)
    ranks = draw.permuted(np.tile(np.arange(many), (DRAWS, 1)), axis=1)
    chosen: Chosen = (ranks < (many + 1) // 2)[:, numbers]
    chosen.setflags(write=False)
    return chosen


def whole(score: Vector) -> Chosen:
    """Return the one sample that holds every cell."""
    return np.ones((1, len(score)), dtype=bool)


def spread(measure: Measure, score: Vector, accuracy: Vector, drawn: Chosen) -> float:
    """Return the standard deviation of a measure over halves, its standard error."""
    return float(np.nanstd(measure(score, accuracy, drawn)))


def measured(
    measure: Measure, score: Vector, accuracy: Vector, drawn: Chosen
) -> tuple[float, float, float]:
    """Return a measure of all cells and the 2.5 and 97.5 % points of it over halves of them."""
    value = float(measure(score, accuracy, whole(score))[0])
    low, high = np.quantile(measure(score, accuracy, drawn), [0.025, 0.975])
    return value, min(float(low), value), max(float(high), value)
