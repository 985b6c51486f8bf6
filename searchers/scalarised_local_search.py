"""Hill climbing by a weighing of objectives that is drawn anew at each optimum."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from searchers.fronts import Matrix, Vector, scaled
from searchers.questions import Candidate, Search, Train
from searchers.registry import searcher
from searchers.space import Space

SUM = 0.05
"""Weight of the sum beside the largest term, Knowles'."""


@searcher(
    source="after White, Nolen and Savani, UAI 2021, arXiv:2005.02960, by the scalarisation of "
    "Knowles, ParEGO, IEEE Trans. Evol. Comp. 10, 2006",
    objectives="told",
)
def scalarised_local_search(space: Space, rng: Generator) -> Search:
    """Move to the first neighbour that is better by a weighing, until none is.

    Weights are drawn evenly from the simplex, objectives scaled to what was seen of each. At an
    optimum others are drawn, and the search goes on from the best by them of all that it has seen;
    where nothing is left to try near that, from a random candidate. Nothing is trained twice.
    """
    seen: dict[Candidate, tuple[float, ...]] = {}
    fresh = True
    while len(seen) < len(space):
        weights = rng.dirichlet(np.ones(len(space.objectives)))
        centre = best_of(seen, weights) if seen and not fresh else space.random(rng)
        fresh = True
        moved = True
        while moved:
            moved = False
            if centre not in seen:
                seen[centre] = (yield Train(centre)).objectives
                fresh = False
            near = space.neighbours(centre)
            for i in rng.permutation(len(near)):
                if near[i] in seen:
                    continue
                seen[near[i]] = (yield Train(near[i])).objectives
                fresh = False
                if best_of(seen, weights, (near[i], centre)) != centre:
                    moved, centre = True, near[i]
                    break
    return None


def best_of(
    seen: dict[Candidate, tuple[float, ...]],
    weights: Vector,
    among: tuple[Candidate, ...] = (),
) -> Candidate:
    """Return the best by a weighing of all that was seen, or of some of it; the last of equals."""
    candidates, places = list(seen), {candidate: i for i, candidate in enumerate(seen)}
    worth = tchebycheff(scaled(list(seen.values())), weights)
    asked = among or candidates[::-1]
    return min(reversed(asked), key=lambda candidate: worth[places[candidate]])


def tchebycheff(points: Matrix, weights: Vector) -> Vector:
    r"""Return :math:`\max_i w_i f_i + 0.05 \sum_i w_i f_i` of each point, smaller better."""
    terms = points * weights
    worth: Vector = terms.max(1) + SUM * terms.sum(1)
    return worth
