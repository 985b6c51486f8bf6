"""The yardstick: candidates drawn one by one."""

from __future__ import annotations

from numpy.random import Generator

from searchers.questions import Search, Train
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="Li and Talwalkar, Random Search and Reproducibility for NAS, UAI 2019, "
    "arXiv:1902.07638",
    family="trivial",
)
def random(space: Space, rng: Generator) -> Search:
    """Train candidates drawn at random, with replacement."""
    while True:
        yield Train(space.random(rng))
