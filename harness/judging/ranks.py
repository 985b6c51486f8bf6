"""Rank correlations with what each observation contributes to them.

An *influence* is the derivative of a statistic with respect to the relative weight of one
observation: to first order the statistic of a reweighted sample is its value plus the sum of the
weights' relative changes times the influences. Their sum is zero, and the variance of their sum
under a design of drawing is that of the statistic, at the price of one evaluation. Sources: Hampel,
The Influence Curve and its Role in Robust Estimation, JASA 1974; Deville, Variance Estimation for
Complex Statistics and Estimators, Survey Methodology 1999.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Statistic(NamedTuple):
    """A statistic's value and the influence of every observation on it, (n,)."""

    value: float
    influence: Vector


def kendall(x: Vector, y: Vector, weights: Vector | None = None) -> Statistic:
    r"""Kendall's :math:`\tau_b`, :math:`P / \sqrt{A B}`.

    :math:`P` is the sum over pairs of the product of the signs of both differences, :math:`A` and
    :math:`B` that of either sign squared. A pair counts by the product of its weights, so that
    observations stand for as many as their weights say.
    """
    if _all_equal(x) or _all_equal(y):
        return _none(len(x))
    w = np.ones(len(x)) if weights is None else weights
    own = concordance(x, y, w), differing(x, w), differing(y, w)
    weighed = [w * sums for sums in own]  # no `@`: BLAS's threads cost more than they save here
    return _ratio(*((float(sums.sum()), 2 * sums) for sums in weighed))


def weighted_tau(x: Vector, y: Vector) -> float:
    r"""Kendall's :math:`\tau_b` in which a pair counts by the sum of its members' weights.

    The weight of the observation with the r-th largest ``y`` is :math:`1/r` (ties share the last
    rank): exchanges among the best weigh most. Source: Vigna, A Weighted Correlation Index for
    Rankings with Ties, WWW 2015, arXiv:1404.3325. Few observations carry it, so that influences
    say little about its error.
    """
    ones = np.ones(len(x))
    below, _ = _cumulative(dense(y), ones)
    weights = 1 / (len(y) - below)
    own = concordance(x, y, ones), differing(x, ones), differing(y, ones)
    p, a, b = (float((weights * sums).sum()) for sums in own)
    return p / np.sqrt(a * b) if a * b > 0 else float("nan")


def _ratio(p: tuple[float, Vector], a: tuple[float, Vector], b: tuple[float, Vector]) -> Statistic:
    r"""Return :math:`p / \sqrt{a b}`, each given with its derivatives."""
    scale = np.sqrt(a[0] * b[0])
    if not scale > 0:
        return _none(len(p[1]))
    value = p[0] / scale
    return Statistic(float(value), p[1] / scale - value / 2 * (a[1] / a[0] + b[1] / b[0]))


def _all_equal(x: Vector) -> bool:
    """Whether no two differ: sums of weights then vanish, but for their rounding."""
    return bool((x == x[:1]).all())


def _none(n: int) -> Statistic:
    return Statistic(float("nan"), np.full(n, np.nan))


def spearman(x: Vector, y: Vector, weights: Vector | None = None) -> Statistic:
    r"""Spearman's :math:`\rho`: Pearson's correlation of the ranks, ties at their mean.

    With weights, ranks are those among as many observations as the weights say.
    """
    if _all_equal(x) or _all_equal(y):
        return _none(len(x))
    w = np.ones(len(x)) if weights is None else weights
    share = w / w.sum()
    u, v = (midranks(values, share) - 0.5 for values in (x, y))
    pairs = ((u, v, x, y), (u, u, x, x), (v, v, y, y))
    return _ratio(*(_covariance(*pair, share) for pair in pairs))


def _covariance(u: Vector, v: Vector, x: Vector, y: Vector, share: Vector) -> tuple[float, Vector]:
    """Return the mean product of centred ranks and its influence: a rank depends on all others."""
    mean = float((share * u * v).sum())
    others = _mean_above(x, v, share) + _mean_above(y, u, share)
    return mean, share * (u * v - 3 * mean + others)


def _mean_above(x: Vector, values: Vector, share: Vector) -> Vector:
    """Return for each i the mean of ``values`` where x_j > x_i, half where equal, else 0."""
    groups = dense(x)
    mass = np.bincount(groups, share * values)
    above: Vector = mass.sum() - np.cumsum(mass) + mass / 2
    return above[groups]


def midranks(x: Vector, weights: Vector | None = None) -> Vector:
    """Return ranks from 1/2 to n - 1/2, ties at their mean; n is the sum of the weights."""
    groups = dense(x)
    counts = np.bincount(groups, weights)
    ranks: Vector = (np.cumsum(counts) - counts / 2)[groups]
    return ranks


def dense(x: Vector) -> Numbers:
    """Return the number of distinct smaller values of each entry."""
    return np.unique(x, return_inverse=True)[1].astype(np.int64)


def concordance(x: Vector, y: Vector, weights: Vector) -> Vector:
    r"""Return :math:`\sum_j w_j \operatorname{sign}(x_i - x_j) \operatorname{sign}(y_i - y_j)`.

    From counts of the points below and to the left of each, over all points: O(n log n).
    """
    a, b = dense(x), dense(y)
    total = weights.sum()
    below = _below(a, b, weights)
    left, left_or_on = _cumulative(a, weights)
    under, under_or_on = _cumulative(b, weights)
    first, corner, beside, over = (below(a + i, b + j) for i, j in ((0, 0), (1, 1), (0, 1), (1, 0)))
    third, second, fourth = total - left_or_on - under_or_on + corner, left - beside, under - over
    sums: Vector = first + third - second - fourth
    return sums


def differing(x: Vector, weights: Vector) -> Vector:
    """Return for each i the weight of all j with another value."""
    groups = dense(x)
    others: Vector = weights.sum() - np.bincount(groups, weights)[groups]
    return others


def _cumulative(groups: Numbers, weights: Vector) -> tuple[Vector, Vector]:
    """Return the weight of all smaller values, and of all smaller or equal ones."""
    mass = np.bincount(groups, weights).astype(np.float64)
    upto = np.cumsum(mass)
    return (upto - mass)[groups], upto[groups]


def _below(a: Numbers, b: Numbers, weights: Vector) -> Callable[[Numbers, Numbers], Vector]:
    """Return the map from (a', b') to the weight of all points with a < a' and b < b'.

    A wavelet matrix: the points in order of a, parted again and again by a bit of b, the highest
    first. Source: Claude, Navarro and Ordóñez, The Wavelet Matrix, Information Systems 2015.
    """
    order = np.argsort(a, kind="stable")
    ascending, rest, mass = a[order], b[order], weights[order]
    levels = []
    for bit in reversed(range(int(b.max() + 1).bit_length())):
        low = (rest >> bit) & 1 == 0
        levels.append((bit, _before(low), _before(np.where(low, mass, 0.0))))
        parted = np.argsort(~low, kind="stable")
        rest, mass = rest[parted], mass[parted]

    def count(a_query: Numbers, b_query: Numbers) -> Vector:
        end = np.searchsorted(ascending, a_query, side="left")
        start, weight = np.zeros_like(end), np.zeros(len(end))
        for bit, lows, low_mass in levels:
            above = (b_query >> bit) & 1 == 1
            weight += np.where(above, low_mass[end] - low_mass[start], 0.0)
            start, end = (
                np.where(above, lows[-1] + place - lows[place], lows[place])
                for place in (start, end)
            )
        return weight

    return count


def _before(values: NDArray[Any]) -> NDArray[Any]:
    """Return the sum of all values before each place, and of all, (n + 1,)."""
    return np.append(0, np.cumsum(values))
