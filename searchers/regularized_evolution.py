"""Evolution in which the oldest dies."""

from __future__ import annotations

from collections import deque

from numpy.random import Generator

from searchers.favourites import favourites
from searchers.questions import Observation, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="Real et al., Regularized Evolution for Image Classifier Architecture Search, "
    "AAAI 2019, arXiv:1802.01548"
)
def regularized_evolution(
    space: Space,
    rng: Generator,
    proxy: str = "",
    population: int = 10,
    sample: int = 3,
    pool: int = 1000,
    node_first: bool = False,
) -> Search:
    """Mutate the best of a sample of the population; the oldest leaves.

    Population and sample are those of NATS-Bench, the sample drawn with replacement. An edge is
    drawn uniformly, then another operation; with ``node_first`` a node is drawn before one of its
    edges, as NATS-Bench's code does, which prefers the edges of early nodes. With a ``proxy`` the
    population starts as the best by it of ``pool`` random candidates.
    """
    start = [] if not proxy else (yield from favourites(space, rng, proxy, pool))
    alive: deque[Observation] = deque(maxlen=population)
    for candidate in start[:population]:
        alive.append((yield Train(candidate)))
    while True:
        young = len(alive) < population
        if young:
            candidate = space.random(rng)
        else:
            parent = fittest(alive, sample, rng)
            candidate = space.mutate(parent, rng, by_group=node_first)
        alive.append((yield Train(candidate)))


def fittest(alive: deque[Observation], sample: int, rng: Generator) -> tuple[int, ...]:
    """Return the best of a sample, drawn with replacement."""
    drawn = [alive[i] for i in rng.integers(len(alive), size=sample)]
    return max(drawn, key=lambda training: training.value).candidate
