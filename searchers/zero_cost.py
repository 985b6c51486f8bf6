"""Fronts in which a proxy stands for the error."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from searchers.fronts import ordered
from searchers.questions import Count, Score, Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="nobody yet; its order is that of Deb et al., NSGA-II, IEEE Trans. Evol. Comp. 6, 2002",
    family="proxy",
    objectives="known",
)
def zero_cost(space: Space, rng: Generator, proxy: str, n: int = 1000) -> Search:
    """Train random candidates front by front, their error taken to be what a proxy says.

    ``n`` candidates, all of the space if it is 0, are scored, and what is known of their costs
    without training is asked for; fronts are of the score and these, the least crowded of each
    first. What has no score comes last.
    """
    every = [space.random(rng) for _ in range(n)] if n else space.candidates()
    drawn = list(dict.fromkeys(every))
    known = [objective.name for objective in space.objectives if objective.known]
    points = np.empty((len(drawn), 1 + len(known)))
    for row, candidate in zip(points, drawn, strict=True):
        row[0] = -(yield Score(candidate, proxy)).value
        for column, name in enumerate(known, 1):
            row[column] = (yield Count(candidate, name)).value
    scored = np.flatnonzero(np.isfinite(points[:, 0]))
    order = scored[ordered(points[scored])] if len(scored) else scored
    for i in [*order, *np.flatnonzero(~np.isfinite(points[:, 0]))]:
        yield Train(drawn[i])
    return None
