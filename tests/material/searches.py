"""A small problem to search, and searchers made of functions."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np

from harness.searching.problem import Problem
from searchers import ConfiguredSearcher, Searcher, Space

SIZES = (4, 3)


@cache
def problem() -> Problem:
    """Return twelve candidates with accuracies after 1, 2 (twice) and 4 epochs."""
    draw = np.random.default_rng(5)
    candidates = list(product(*map(range, SIZES)))
    n = len(candidates)
    quality = draw.uniform(20, 80, n)

    def told(noise: float, times: int = 1) -> list[tuple[float, ...]]:
        return [tuple(q + draw.normal(0, noise, times)) for q in quality]

    seconds = draw.uniform(1, 3, n)
    return Problem(
        space=Space(SIZES, (1, 2, 4)),
        index=list(range(100, 100 + n)),
        rows={candidate: row for row, candidate in enumerate(candidates)},
        classes=[row // 2 for row in range(n)],
        usual=1,
        signal={1: told(5), 2: told(2, 2), 4: told(1)},
        cost={epochs: (epochs * seconds).tolist() for epochs in (1, 2, 4)},
        scores={"score": draw.normal(size=n).tolist()},
        seconds={"score": 0.25},
        counts={"params": draw.integers(1, 99, n).astype(float).tolist()},
        unit="s",
    )


def chosen_from(function: Any, **settings: Any) -> ConfiguredSearcher:
    """Return a function as a searcher that nobody registered."""
    name = function.__name__
    return ConfiguredSearcher(
        name, Searcher(name, function, {}, "a test", "black-box", (), ()), settings
    )
