"""Fronts of points of which every coordinate is to be small: ranks, crowding, hypervolume."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from searchers.questions import Observation

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


def told(seen: Sequence[Observation]) -> Matrix:
    """Return the objectives of trainings, a row each."""
    return np.array([training.objectives for training in seen])


def dominance(points: ArrayLike) -> NDArray[np.bool_]:
    """Return whether point i dominates point j, (n, n): nowhere larger, somewhere smaller."""
    p = np.asarray(points, dtype=float)
    no_larger = np.ones((len(p), len(p)), dtype=bool)
    for values in p.T:
        no_larger &= values[:, None] <= values
    return no_larger & ~no_larger.T


def ranks(points: ArrayLike) -> NDArray[np.int64]:
    """Return each point's front: 0 if nothing dominates it, 1 if only those of front 0 do, ...

    Source: Deb et al., NSGA-II, IEEE Trans. Evol. Comp. 6, 2002.
    """
    dominates = dominance(points)
    above = dominates.sum(0)  # points that are not ranked yet and dominate each
    fronts = np.full(len(dominates), -1)
    number = 0
    while (front := (above == 0) & (fronts < 0)).any():
        fronts[front] = number
        above -= dominates[front].sum(0)
        number += 1
    return fronts


def crowding(points: ArrayLike) -> Vector:
    """Return the crowding distances of a front, infinite at its ends.

    The sum over objectives of the gap between a point's neighbours, as a share of the range.
    Source: Deb et al., NSGA-II, IEEE Trans. Evol. Comp. 6, 2002.
    """
    p = np.asarray(points, dtype=float)
    distance = np.zeros(len(p))
    for values in p.T:
        order = np.argsort(values, kind="stable")
        span = np.ptp(values) or 1.0
        distance[order[1:-1]] += (values[order[2:]] - values[order[:-2]]) / span
        distance[order[[0, -1]]] = np.inf
    return distance


def ordered(points: ArrayLike) -> NDArray[np.int64]:
    """Return the places of points, best first: by front, then the least crowded."""
    p = np.asarray(points, dtype=float)
    front, distances = ranks(p), np.zeros(len(p))
    for number in range(front.max() + 1):
        here = front == number
        distances[here] = crowding(p[here])
    return np.lexsort((-distances, front))


def hypervolume(points: ArrayLike, reference: ArrayLike) -> float:
    """Return the volume between points and a reference point, beyond which nothing counts.

    Source: Zitzler and Thiele, PPSN V, 1998. Of more than two objectives by ``moocore``.
    """
    p, r = np.asarray(points, dtype=float), np.asarray(reference, dtype=float)
    kept = p[(p < r).all(1)] if len(p) else p
    if not len(kept):
        return 0.0
    if len(r) > 2:
        import moocore

        return float(moocore.hypervolume(kept, ref=r))
    x, y = kept[np.lexsort(kept.T[::-1])].T
    widths = np.diff(np.append(x, r[0]))
    return float((widths * (r[1] - np.minimum.accumulate(y))).sum())


def contributions(points: ArrayLike, reference: Vector) -> Vector:
    """Return by how much the hypervolume is less without each point of a front.

    None of the points dominates another, and none lies beyond the reference point.
    """
    p = np.asarray(points, dtype=float)
    if p.shape[1] == 2:
        areas = np.empty(len(p))
        order = np.lexsort(p.T[::-1])
        x, y = p[order].T
        right, above = np.append(x[1:], reference[0]), np.append(reference[1], y[:-1])
        areas[order] = (right - x) * (above - y)
        return areas
    whole = hypervolume(p, reference)
    without = [hypervolume(np.delete(p, i, 0), reference) for i in range(len(p))]
    return whole - np.array(without)


def scaled(points: ArrayLike) -> Matrix:
    """Return points with every objective's range as 0 to 1; where all are equal, 0."""
    p = np.asarray(points, dtype=float)
    span = np.ptp(p, axis=0)
    unit: Matrix = (p - p.min(0)) / np.where(span > 0, span, 1.0)
    return unit


def nondominated(points: ArrayLike) -> NDArray[np.int64]:
    """Return the places of the points that nothing dominates, equal ones all, ascending.

    The first in lexicographic order is one of them; what it dominates is left out, and so on.
    """
    p = np.asarray(points, dtype=float)
    left, kept = np.lexsort(p.T[::-1]), list[int]()
    while len(left):
        best = p[left[0]]
        kept += left[(p[left] == best).all(1)].tolist()
        left = left[(p[left] < best).any(1)]
    return np.sort(np.array(kept, dtype=np.int64))
