"""The best of random candidates by a proxy: what several searchers start from."""

from __future__ import annotations

from collections.abc import Generator as Asking

from numpy.random import Generator

from searchers.questions import Candidate, Observation, Question, Score
from searchers.space import Space


def favourites(
    space: Space, rng: Generator, proxy: str, pool: int
) -> Asking[Question, Observation, list[Candidate]]:
    """Score ``pool`` random candidates, drawn with replacement, and return them, best first.

    A pool of zero is every candidate of the space. Where scores tie, the order is that of drawing.
    """
    if pool:
        drawn = [space.random(rng) for _ in range(pool)]
    else:
        every = space.candidates()
        drawn = [every[i] for i in rng.permutation(len(every))]
    values = []
    for candidate in drawn:
        values.append((yield Score(candidate, proxy)).value)
    order = sorted(range(len(drawn)), key=lambda i: -values[i])
    return list(dict.fromkeys(drawn[i] for i in order))
