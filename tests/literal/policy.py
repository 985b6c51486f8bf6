"""Policy gradient of a product of categoricals, by autograd and PyTorch's Adam, in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from searchers import Question


def check_policy(
    asked: Sequence[Question],
    sizes: Sequence[int],
    reward: Callable[[Sequence[Question]], float],
    temperature: Callable[[int], float] = lambda _: 1.0,
) -> None:
    """Assert that a searcher, started from seed 0, drew what this policy draws.

    Args:
        asked: what it asked, in order.
        sizes: choices of each axis.
        reward: of the last of the questions so far.
        temperature: of a step.
    """
    rng = np.random.default_rng(0)
    start = rng.normal(0, 1e-3, (len(sizes), max(sizes)))
    theta = [torch.tensor(start[i, :size], requires_grad=True) for i, size in enumerate(sizes)]
    optimiser = torch.optim.Adam(theta, lr=0.01)
    rewards: list[float] = []
    for step, question in enumerate(asked):
        p = [torch.softmax(logits / temperature(step), 0) for logits in theta]
        uniform = rng.random((len(sizes), 1))[:, 0]
        drawn = [int((torch.cumsum(p[i], 0) < u).sum()) for i, u in enumerate(uniform)]
        assert question.candidate == tuple(drawn)
        rewards.append(reward(asked[: step + 1]))
        weights = [0.1 * 0.9 ** (len(rewards) - 1 - i) for i in range(len(rewards))]
        baseline = sum(w * r for w, r in zip(weights, rewards, strict=True)) / sum(weights)
        log_p = sum(torch.log(p[axis][o]) for axis, o in enumerate(drawn))
        optimiser.zero_grad()
        (-(rewards[-1] - baseline) * log_p).backward()
        optimiser.step()
