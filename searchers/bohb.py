"""Hyperband whose candidates a density model proposes."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from searchers.favourites import favourites
from searchers.questions import Candidate, Observation, Search
from searchers.registry import searcher
from searchers.rungs import brackets, halving, ladder
from searchers.space import Space

LEAST = 1e-3
"""Least bandwidth, as in the released code."""


@searcher(source="Falkner, Klein and Hutter, BOHB, ICML 2018, arXiv:1807.01774")
def bohb(
    space: Space,
    rng: Generator,
    proxy: str = "",
    eta: int = 3,
    longest: int = 0,
    samples: int = 4,
    random_fraction: float = 0.0,
    bandwidth: float = 3.0,
    best: float = 0.15,
    start: int = 10,
    pool: int = 1000,
) -> Search:
    """Run Hyperband on candidates that a density of the good prefers to one of the bad.

    The model is of the longest training that has been seen often enough: at least one candidate
    more than there are axes, on either side. It proposes the best ratio of ``samples`` draws from
    the density of the ``best`` share, at ``bandwidth`` times its bandwidth. Samples, random
    fraction and bandwidth are NATS-Bench's. Bandwidths are computed as in the released code, from
    the numbers of choices, and end where a kernel is uniform, which they do not there. With a
    ``proxy`` the first ``start`` candidates are the best by it of ``pool`` random ones.
    """
    queue = [] if not proxy else (yield from favourites(space, rng, proxy, pool))[:start]
    plan = brackets(ladder(space.epochs, eta, longest))
    seen: dict[int, list[Observation]] = {}
    sizes = np.array(space.sizes)

    def draw() -> Candidate:
        if queue:
            return queue.pop(0)
        enough = [length for length, some in seen.items() if len(some) >= 2 * len(sizes) + 2]
        if not enough or rng.random() < random_fraction:
            return space.random(rng)
        good, bad = split(seen[max(enough)], best, len(sizes) + 1)
        return space.nearest(proposed(good, bad, sizes, samples, bandwidth, rng), rng)

    while True:
        for bracket in plan:
            yield from halving(bracket, draw, seen)


def split(
    seen: list[Observation], best: float, least: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the choices of the good and of the bad, (n, axes) each; ``least`` are good."""
    order = sorted(seen, key=lambda training: -training.value)
    places = np.array([training.candidate for training in order])
    n_good = max(least, int(best * len(order)))
    return places[:n_good], places[n_good:]


def widths(places: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a bandwidth an axis by the normal reference rule, 1.06 s n^(-1/(4 + d)), bounded."""
    n, d = places.shape
    h = 1.06 * places.std(0) * n ** (-1 / (4 + d))
    bounded: NDArray[np.float64] = np.clip(h, LEAST, (sizes - 1) / sizes)
    return bounded


def density(
    at: NDArray[np.int64],
    places: NDArray[np.int64],
    h: NDArray[np.float64],
    sizes: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the mean of products of Aitchison and Aitken's kernels, (len(at),)."""
    same = at[:, None] == places
    kernel = np.where(same, 1 - h, h / np.maximum(sizes - 1, 1))
    mean: NDArray[np.float64] = kernel.prod(2).mean(1)
    return mean


def proposed(
    good: NDArray[np.int64],
    bad: NDArray[np.int64],
    sizes: NDArray[np.int64],
    samples: int,
    bandwidth: float,
    rng: Generator,
) -> list[int]:
    """Return the draw from the density of the good whose ratio to that of the bad is largest."""
    h_good, h_bad = widths(good, sizes), widths(bad, sizes)
    centres = good[rng.integers(len(good), size=samples)]
    moved = rng.random(centres.shape) < np.minimum(bandwidth * h_good, 1)
    drawn = np.where(moved, rng.integers(sizes, size=centres.shape), centres)
    ratio = density(drawn, good, h_good, sizes) / density(drawn, bad, h_bad, sizes)
    chosen: list[int] = drawn[int(np.argmax(ratio))].tolist()
    return chosen
