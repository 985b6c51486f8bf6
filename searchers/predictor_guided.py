"""Candidates that an ensemble of trees thinks best."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from searchers.questions import Candidate, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="after White et al., BANANAS, AAAI 2021, arXiv:1910.11858, with trees in place of "
    "networks and choices in place of paths",
    family="predictor",
    requires=("sklearn",),
)
def predictor_guided(
    space: Space,
    rng: Generator,
    start: int = 10,
    batch: int = 10,
    offspring: int = 100,
    parents: int = 10,
    trees: int = 20,
) -> Search:
    """Train what a Thompson sample of an ensemble's predictions ranks best among mutations.

    After ``start`` random candidates, extremely randomised trees are fitted to all accuracies seen.
    Of ``offspring`` mutations of the best ``parents`` each is worth a normal draw with the mean and
    deviation of the trees (independent Thompson sampling); the best ``batch`` are trained.
    """
    from sklearn.ensemble import ExtraTreesRegressor

    seen: dict[Candidate, float] = {}
    while True:
        chosen = [space.random(rng) for _ in range(start)] if not seen else []
        if seen:
            best = sorted(seen, key=lambda candidate: -seen[candidate])[:parents]
            drawn = {space.mutate(best[i % len(best)], rng): None for i in range(offspring)}
            new = [candidate for candidate in drawn if candidate not in seen]
            new = new or [space.random(rng)]
            forest = ExtraTreesRegressor(
                trees, bootstrap=True, n_jobs=1, random_state=int(rng.integers(2**31))
            )
            forest.fit(one_hot(list(seen), space.sizes), list(seen.values()))
            codes = one_hot(new, space.sizes)
            told = np.stack([tree.predict(codes) for tree in forest.estimators_])
            worth = rng.normal(told.mean(0), told.std(0))
            chosen = [new[i] for i in np.argsort(-worth, kind="stable")[:batch]]
        for candidate in chosen:
            seen[candidate] = (yield Train(candidate)).value


def one_hot(candidates: list[Candidate], sizes: tuple[int, ...]) -> NDArray[np.float32]:
    """Return a column of zeros and ones for every choice of every axis, (n, choices)."""
    places = np.array(candidates)
    columns = [places[:, [axis]] == np.arange(size) for axis, size in enumerate(sizes)]
    return np.concatenate(columns, axis=1).astype(np.float32)
