"""Evolution of fronts: rank first, then what is least crowded."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.random import Generator

from searchers.fronts import ordered, told
from searchers.questions import Observation, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="Deb et al., NSGA-II, IEEE Trans. Evol. Comp. 6, 2002",
    objectives="told",
)
def nsga_ii(
    space: Space, rng: Generator, population: int = 20, crossover_rate: float = 0.9
) -> Search:
    """Keep the best of parents and offspring, by non-dominated front and crowding distance.

    Parents are the better of two that are drawn; offspring are uniform crossovers at the published
    rate, and one choice of each is mutated, where the paper mutates each with a probability of one
    over their number. The population is ours, for budgets of hundreds.
    """
    parents: list[Observation] = []
    while True:
        children: list[Observation] = []
        for _ in range(population):
            child = space.random(rng)
            if parents:
                child = winner(parents, 2, rng).candidate
                if rng.random() < crossover_rate:
                    child = space.crossover(child, winner(parents, 2, rng).candidate, rng)
                child = space.mutate(child, rng)
            children.append((yield Train(child)))
        parents = best_first([*parents, *children])[:population]


def best_first(seen: Sequence[Observation]) -> list[Observation]:
    """Return trainings by front, the least crowded of each first."""
    return [seen[i] for i in ordered(told(seen))]


def winner(best_first: Sequence[Observation], sample: int, rng: Generator) -> Observation:
    """Return the first of a sample, drawn with replacement, of what is ordered best first."""
    return best_first[int(rng.integers(len(best_first), size=sample).min())]
