"""Hill climbing over neighbours."""

from __future__ import annotations

from numpy.random import Generator

from searchers.questions import Candidate, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="White, Nolen and Savani, Exploring the Loss Landscape in NAS, UAI 2021, "
    "arXiv:2005.02960"
)
def local_search(space: Space, rng: Generator, first: bool = False) -> Search:
    """Train all neighbours of the best and move to the best of them, until none is better.

    At a local optimum the search starts again from a random candidate. What was trained is not
    trained again. With ``first`` it moves to the first neighbour that is better.
    """
    accuracy: dict[Candidate, float] = {}
    while len(accuracy) < len(space):
        centre = space.random(rng)
        moved = centre not in accuracy
        if moved:
            accuracy[centre] = (yield Train(centre)).value
        while moved:
            near = space.neighbours(centre)
            best = centre
            for i in rng.permutation(len(near)):
                candidate = near[i]
                if candidate not in accuracy:
                    accuracy[candidate] = (yield Train(candidate)).value
                if accuracy[candidate] > accuracy[best]:
                    best = candidate
                    if first:
                        break
            moved, centre = best != centre, best
    return None
