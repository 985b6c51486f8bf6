"""Many short trainings, few long ones."""

from __future__ import annotations

from numpy.random import Generator

from searchers.questions import Search
from searchers.registry import searcher
from searchers.rungs import brackets, halving, ladder
from searchers.space import Space


@searcher(source="Li et al., Hyperband, JMLR 18, 2018, arXiv:1603.06560")
def hyperband(space: Space, rng: Generator, eta: int = 3, longest: int = 0) -> Search:
    """Halve random candidates on rungs of ever longer training, bracket after bracket.

    Rungs are the lengths of training that the table has, each at least ``eta`` times the one below,
    and none longer than ``longest``, where that is given.
    """
    plan = brackets(ladder(space.epochs, eta, longest))
    while True:
        for bracket in plan:
            yield from halving(bracket, lambda: space.random(rng), {})
