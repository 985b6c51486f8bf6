"""Evolution whose offspring a proxy selects."""

from __future__ import annotations

from collections import deque

from numpy.random import Generator

from searchers.questions import Observation, Score, Search, Train
from searchers.registry import searcher
from searchers.regularized_evolution import fittest
from searchers.space import Space


@searcher(
    source="after Cavagnero et al., FreeREA, WACV 2023, arXiv:2207.05135, which trains nothing",
    family="proxy",
)
def guided_evolution(
    space: Space,
    rng: Generator,
    proxy: str,
    population: int = 10,
    sample: int = 3,
    offspring: int = 10,
) -> Search:
    """Evolve as regularized evolution, but train only the best by a proxy of many offspring.

    Half of the offspring are mutations, half crossovers of two parents, mutated. FreeREA selects by
    proxies alone; here they choose what is trained.
    """
    alive: deque[Observation] = deque(maxlen=population)
    while len(alive) < population:
        alive.append((yield Train(space.random(rng))))
    while True:
        best, score = alive[0].candidate, -float("inf")
        for i in range(offspring):
            child = fittest(alive, sample, rng)
            if i % 2:
                child = space.crossover(child, fittest(alive, sample, rng), rng)
            child = space.mutate(child, rng)
            value = (yield Score(child, proxy)).value
            if i == 0 or value > score:
                best, score = child, value
        alive.append((yield Train(best)))
