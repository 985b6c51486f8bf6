"""Hyperband whose candidates a density of non-dominated ones proposes."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from searchers.fronts import Matrix, Vector, hypervolume, ranks, told
from searchers.nsga_ii import best_first
from searchers.questions import Candidate, Observation, Search
from searchers.registry import searcher
from searchers.rungs import brackets, halving, ladder
from searchers.space import Space

TOP = 0.9
"""What the kernel of a choice gives to itself, as in the released code."""


@searcher(
    source="Izquierdo, Guerrero-Viu et al., Bag of Baselines for Multi-Objective Joint NAS and "
    "HPO, 2021, arXiv:2105.01015; its sampler is that of Ozaki et al., MOTPE, GECCO 2020",
    objectives="told",
)
def mo_bohb(
    space: Space,
    rng: Generator,
    eta: int = 3,
    longest: int = 0,
    start: int = 50,
    samples: int = 24,
    gamma: float = 0.1,
    random_fraction: float = 1 / 6,
) -> Search:
    """Run Hyperband on candidates whose choices the good have more often than the others.

    The good are the ``gamma`` share that is best by front, the last of them by hypervolume, among
    the longest training that has been seen as often as twice the axes and two. Each choice is drawn
    ``samples`` times from the good's density, and the one with the best ratio to the others' is
    taken. The first ``start`` candidates are random. Settings are those of the released code on
    NAS-Bench-201. Where the code promotes all of a front, the least crowded of it go first here.
    """
    plan = brackets(ladder(space.epochs, eta, longest))
    seen: dict[int, list[Observation]] = {}
    drawn = 0

    def draw() -> Candidate:
        nonlocal drawn
        drawn += 1
        enough = [n for n, some in seen.items() if len(some) >= 2 * len(space.sizes) + 2]
        if drawn <= start or not enough or rng.random() < random_fraction:
            return space.random(rng)
        some = seen[max(enough)]
        good = good_ones(told(some), int(gamma * len(some)))
        places = np.array([training.candidate for training in some])
        propose = partial(proposed, samples=samples, rng=rng)
        each = zip(places[good].T, places[~good].T, space.sizes, strict=True)
        return space.nearest([propose(*axis) for axis in each], rng)

    while True:
        for bracket in plan:
            yield from halving(bracket, draw, seen, best_first)


def good_ones(points: Matrix, n: int) -> NDArray[np.bool_]:
    """Return which ``n`` points are best by front, the last of them added one by one.

    Of the front that is only partly among them, the point is added each time that enlarges the
    hypervolume of those that were added most. The reference point is a tenth beyond the worst.
    """
    front, good = ranks(points), np.zeros(len(points), dtype=bool)
    worst = points.max(0)
    reference = np.maximum(1.1 * worst, 0.9 * worst)
    for number in range(front.max() + 1):
        here = np.flatnonzero(front == number)
        if good.sum() + len(here) <= n:
            good[here] = True
            continue
        left: list[int] = here[np.unique(points[here], axis=0, return_index=True)[1]].tolist()
        chosen: list[int] = []
        while left and good.sum() + len(chosen) < n:
            volumes = [hypervolume(points[[*chosen, i]], reference) for i in left]
            chosen.append(left.pop(int(np.argmax(volumes))))
        chosen += [i for i in here.tolist() if i not in chosen]  # equal points, which add nothing
        good[chosen[: n - int(good.sum())]] = True
        break
    return good


def density(places: NDArray[np.int64], size: int) -> Vector:
    """Return the probability of each choice: a kernel for every place, and a uniform one.

    Source: Aitchison and Aitken, Biometrika 63, 1976.
    """
    counts = np.bincount(places, minlength=size)
    other = (1 - TOP) / max(size - 1, 1)
    kernels = counts * TOP + (len(places) - counts) * other
    weights = kernels + 1 / size
    p: Vector = weights / weights.sum()
    return p


def proposed(
    good: NDArray[np.int64], bad: NDArray[np.int64], size: int, samples: int, rng: Generator
) -> int:
    """Return, of draws from the density of the good, the choice with the best ratio."""
    p = density(good, size)
    drawn = rng.choice(size, size=samples, p=p)
    return int(drawn[np.argmax((p / density(bad, size))[drawn])])
