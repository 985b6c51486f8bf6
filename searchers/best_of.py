"""A proxy and nothing else: the best of many by its score."""

from __future__ import annotations

from numpy.random import Generator

from searchers.favourites import favourites
from searchers.questions import Search
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="Mellor et al., Neural Architecture Search without Training, ICML 2021, "
    "arXiv:2006.04647",
    family="proxy",
)
def best_of(space: Space, rng: Generator, proxy: str, n: int = 100) -> Search:
    """Choose the best by a proxy of ``n`` random candidates, all of the space if ``n`` is 0.

    Nothing is trained. Where scores tie, the one that was drawn first is chosen.
    """
    return (yield from favourites(space, rng, proxy, n))[0]
