"""Policy gradient on a reward that weighs the error and what it costs."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from searchers.fronts import Vector, scaled
from searchers.questions import Search, Train
from searchers.registry import searcher
from searchers.reinforce import Policy
from searchers.space import Space


@searcher(
    source="Hsu et al., MONAS, 2018, arXiv:1806.10332",
    objectives="told",
)
def monas(
    space: Space,
    rng: Generator,
    weight: float = 0.5,
    limit: float = 0.0,
    learning_rate: float = 0.01,
    momentum: float = 0.9,
) -> Search:
    r"""Ascend the expectation of :math:`-w e - (1 - w) c`, error and mean cost.

    Both are scaled to what was seen of them, 0 to 1. With a ``limit`` the first cost is a
    constraint instead: the reward is :math:`1 - e` where that is at most the limit, in its own
    unit, and 0 elsewhere. Our reading: a product of categorical distributions stands for the
    paper's recurrent controller, and is trained as that of ``reinforce``.
    """
    policy = Policy(space, rng, learning_rate, momentum)
    seen: list[tuple[float, ...]] = []
    while True:
        seen.append((yield Train(policy.draw(rng))).objectives)
        error, *costs = scaled(seen)[-1]
        if limit:
            policy.learn(1 - error if seen[-1][1] <= limit else 0.0)
        else:
            policy.learn(weighed(np.array([error, *costs]), weight))


def weighed(scaled: Vector, weight: float) -> float:
    """Return the reward of scaled objectives, the error first."""
    return float(-weight * scaled[0] - (1 - weight) * scaled[1:].mean())
