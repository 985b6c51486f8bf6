"""Candidates whose place among others an ensemble of trees thinks best."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from searchers.fronts import Matrix, Vector, ordered, scaled, told
from searchers.nsga_ii import best_first
from searchers.predictor_guided import one_hot
from searchers.questions import Observation, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="after Izquierdo, Guerrero-Viu et al., Bag of Baselines for Multi-Objective Joint NAS "
    "and HPO, 2021, arXiv:2105.01015, with trees in place of networks",
    family="predictor",
    requires=("sklearn",),
    objectives="told",
)
def mo_bananas(
    space: Space,
    rng: Generator,
    start: int = 20,
    batch: int = 10,
    offspring: int = 100,
    parents: int = 20,
    trees: int = 10,
) -> Search:
    """Train the mutations whose drawn place, by front and crowding, is the best.

    After ``start`` random candidates, extremely randomised trees are fitted to all objectives seen.
    Each tree gives every mutation of the best ``parents`` a place; a mutation's is a normal draw
    around that of the mean prediction, with the trees' deviation from it (independent Thompson
    sampling). The best ``batch`` are trained, nothing twice.
    """
    from sklearn.ensemble import ExtraTreesRegressor

    seen: dict[tuple[int, ...], Observation] = {}
    while True:
        if not seen:
            chosen = [space.random(rng) for _ in range(start)]
        else:
            best = best_first(list(seen.values()))[:parents]
            drawn = {
                space.mutate(best[i % len(best)].candidate, rng): None for i in range(offspring)
            }
            new = [candidate for candidate in drawn if candidate not in seen]
            new = new or [space.random(rng)]
            forest = ExtraTreesRegressor(
                trees, bootstrap=True, n_jobs=1, random_state=int(rng.integers(2**31))
            )
            forest.fit(one_hot(list(seen), space.sizes), scaled(told(list(seen.values()))))
            codes = one_hot(new, space.sizes)
            each = [tree.predict(codes) for tree in forest.estimators_]
            worth = drawn_places(np.array(each), rng)
            chosen = [new[i] for i in np.argsort(worth, kind="stable")[:batch]]
        for candidate in chosen:
            seen[candidate] = yield Train(candidate)


def drawn_places(each: Matrix, rng: Generator) -> Vector:
    """Return a draw of every candidate's place, of predictions (members, n, objectives)."""
    centre = place_of(each.mean(0))
    deviations = np.array([place_of(member) for member in each]) - centre
    return rng.normal(centre, np.sqrt((deviations**2).sum(0) / max(len(each) - 1, 1)))


def place_of(points: Matrix) -> Vector:
    """Return each point's place, 0 the best, by front and crowding."""
    place = np.empty(len(points))
    place[ordered(points)] = np.arange(len(points))
    return place
