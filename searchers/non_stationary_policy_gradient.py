"""Policy gradient whose reward moves along the front."""

from __future__ import annotations

import math
from itertools import count

from numpy.random import Generator

from searchers.fronts import scaled
from searchers.monas import weighed
from searchers.questions import Search, Train
from searchers.registry import searcher
from searchers.reinforce import Policy
from searchers.space import Space


@searcher(
    source="Chen et al., Multi-objective NAS via Non-stationary Policy Gradient, 2020, "
    "arXiv:2001.08437",
    objectives="told",
)
def non_stationary_policy_gradient(
    space: Space,
    rng: Generator,
    period: int = 50,
    hottest: float = 5.0,
    coldest: float = 1.0,
    learning_rate: float = 0.01,
    momentum: float = 0.9,
) -> Search:
    r"""Ascend the reward of ``monas`` while the error's weight moves from 0 to 1, again and again.

    In each ``period`` of trainings the weight rises evenly, and the temperature of the policy's
    softmax falls as half a cosine from ``hottest`` to ``coldest``; then both start anew (warm
    restarts), the policy does not. Our reading: the paper's abstract names weights that move and
    the cosine; periods, temperatures and the product of categorical distributions are ours, and
    its shared weights have no place on a table.
    """
    policy = Policy(space, rng, learning_rate, momentum)
    seen: list[tuple[float, ...]] = []
    for step in count():
        done = step % period / max(period - 1, 1)
        temperature = coldest + (hottest - coldest) * (1 + math.cos(math.pi * done)) / 2
        seen.append((yield Train(policy.draw(rng, temperature))).objectives)
        policy.learn(weighed(scaled(seen)[-1], done))
    return None
