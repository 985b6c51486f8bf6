"""Steady evolution of a front by hypervolume, on rungs of ever longer training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from searchers.fronts import contributions, ranks, scaled, told
from searchers.nsga_ii import winner
from searchers.questions import Observation, Search, Train
from searchers.registry import searcher
from searchers.rungs import ladder
from searchers.space import Space


@searcher(
    source="Izquierdo, Guerrero-Viu et al., Bag of Baselines for Multi-Objective Joint NAS and "
    "HPO, 2021, arXiv:2105.01015; its selection is that of SMS-EMOA, Beume, Naujoks and Emmerich, "
    "EJOR 181, 2007",
    objectives="told",
)
def sh_emoa(
    space: Space,
    rng: Generator,
    population: int = 50,
    evaluations: int = 1000,
    eta: int = 2,
    longest: int = 0,
    tournament: int = 3,
    mutation_rate: float = 0.5,
) -> Search:
    """Drop, after every offspring, the worst front's least contributor to the hypervolume.

    An offspring is a mutation of the best of a tournament or, else, its uniform crossover with any
    other. Of ``evaluations``, those after the first population, every rung of training gets
    ``eta`` times as many as the next longer one; then the population is trained on that. Settings
    are those of the released code on NAS-Bench-201. The reference point is two ranges of the
    population away from its best, and a tournament is won by front, then contribution, where the
    code fixes a point and sorts by a product of both objectives.
    """
    rungs = ladder(space.epochs, eta, longest)
    share = (evaluations - population) / sum(eta**i for i in range(len(rungs)))
    alive: list[Observation] = []
    for place, epochs in enumerate(rungs):
        young = [old.candidate for old in alive] or [space.random(rng) for _ in range(population)]
        alive = []
        for candidate in young:
            alive.append((yield Train(candidate, epochs)))
        alive = by_contribution(alive)
        last = place == len(rungs) - 1
        steps = 0
        while last or steps < share * eta ** (len(rungs) - 1 - place):
            child = winner(alive, tournament, rng).candidate
            if rng.random() < mutation_rate:
                child = space.mutate(child, rng)
            else:
                other = alive[rng.integers(len(alive))].candidate
                child = space.crossover(child, other, rng)
            alive.append((yield Train(child, epochs)))
            alive = by_contribution(alive)[:population]
            steps += 1
    return None


def by_contribution(seen: Sequence[Observation]) -> list[Observation]:
    """Return trainings by front, in each the largest contributor to its hypervolume first."""
    points = scaled(told(seen))
    front, adds = ranks(points), np.zeros(len(points))
    for number in range(front.max() + 1):
        here = front == number
        adds[here] = contributions(points[here], np.full(points.shape[1], 2.0))
    return [seen[i] for i in np.lexsort((-adds, front))]
