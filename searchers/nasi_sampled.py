"""NASI's rule on sampled discrete candidates."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from searchers.marginals import best_choices, penalised
from searchers.questions import Score, Search
from searchers.registry import searcher
from searchers.space import Space


@searcher(
    source="after Shu et al., NASI, ICLR 2022, arXiv:2109.00817, with discrete candidates in "
    "place of its relaxation",
    family="proxy",
)
def nasi_sampled(
    space: Space, rng: Generator, proxy: str, steps: int = 100, mu: float = 0.0, nu: float = 0.0
) -> Search:
    r"""Follow NASI's update with the score function's gradient of sampled candidates.

    :math:`G_s = R(A_s)\, \nabla \log p(A_s)` at :math:`\alpha = 0`, which never moves: on the
    choices of :math:`A_s` it is R times :math:`1 - 1/k`, on the others :math:`-1/k`. The choice is
    the argmax on each axis of :math:`\sum_s G_s / \max(\lVert G_1 \rVert, \dots, \lVert G_s
    \rVert)`. What has no score is skipped.
    """
    total = [np.zeros(size) for size in space.sizes]
    longest = 0.0
    for _ in range(steps):
        candidate = space.random(rng)
        r = penalised((yield Score(candidate, proxy)).value, mu, nu)
        if not math.isfinite(r):
            continue
        gradient = [np.full(size, -r / size) for size in space.sizes]
        for axis, place in enumerate(candidate):
            gradient[axis][place] += r
        longest = max(longest, math.sqrt(sum(float(part @ part) for part in gradient)))
        if longest > 0:
            for part, step in zip(total, gradient, strict=True):
                part += step / longest
    return space.nearest(best_choices(total), rng)
