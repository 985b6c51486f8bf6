"""Policy gradient over independent choices."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from searchers.questions import Candidate, Search, Train
from searchers.registry import searcher
from searchers.space import Space

Matrix = NDArray[np.float64]


@searcher(
    source="Williams, Machine Learning 8, 1992; as a baseline of NATS-Bench, TPAMI 2021, "
    "arXiv:2009.00437"
)
def reinforce(
    space: Space, rng: Generator, learning_rate: float = 0.01, momentum: float = 0.9
) -> Search:
    r"""Ascend the expected accuracy of a product of categorical distributions.

    The gradient is :math:`(r - b)\, \nabla \log p_\theta(A)`, r the accuracy in percent and b its
    moving average, which includes r and is divided by the sum of its weights; Adam takes the step.
    Logits start as normal numbers of deviation .001. Step and momentum are NATS-Bench's.
    """
    policy = Policy(space, rng, learning_rate, momentum)
    while True:
        reward = (yield Train(policy.draw(rng))).value
        policy.learn(reward)


class Policy:
    """A product of categorical distributions that learns from rewards, one draw at a time."""

    def __init__(self, space: Space, rng: Generator, learning_rate: float, momentum: float) -> None:
        self.space, self.momentum = space, momentum
        self.sizes = np.array(space.sizes)
        self.absent = np.arange(max(space.sizes)) >= self.sizes[:, None]
        self.logits = rng.normal(0, 1e-3, self.absent.shape)
        self.adam = Adam(self.logits, learning_rate)
        self.total, self.weight = 0.0, 0.0

    def draw(self, rng: Generator, temperature: float = 1.0) -> Candidate:
        """Draw a candidate; a higher ``temperature`` draws more evenly."""
        self.temperature = temperature
        self.p = softmax(self.logits / temperature, self.absent)
        drawn = (self.p.cumsum(1) < rng.random((len(self.p), 1))).sum(1)
        self.drawn = np.minimum(drawn, self.sizes - 1)
        return self.space.nearest(self.drawn.tolist(), rng)

    def learn(self, reward: float) -> None:
        """Take the step that the reward of what was drawn last asks for."""
        self.total = self.momentum * self.total + (1 - self.momentum) * reward
        self.weight = self.momentum * self.weight + (1 - self.momentum)
        gradient = -self.p
        gradient[np.arange(len(self.sizes)), self.drawn] += 1
        advantage = reward - self.total / self.weight
        self.adam.ascend(advantage * gradient / self.temperature)


def softmax(logits: Matrix, absent: NDArray[np.bool_]) -> Matrix:
    """Return the probabilities of each axis' choices, zero where an axis has fewer."""
    power = np.where(absent, 0.0, np.exp(logits - logits.max(1, keepdims=True)))
    p: Matrix = power / power.sum(1, keepdims=True)
    return p


class Adam:
    """Adam with its usual constants (Kingma and Ba, ICLR 2015), in place on one array."""

    def __init__(self, values: Matrix, learning_rate: float) -> None:
        self.values, self.learning_rate, self.steps = values, learning_rate, 0
        self.mean, self.square = np.zeros_like(values), np.zeros_like(values)

    def ascend(self, gradient: Matrix) -> None:
        """Take one step up the gradient."""
        self.steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient**2 - self.square)
        mean = self.mean / (1 - 0.9**self.steps)
        square = self.square / (1 - 0.999**self.steps)
        self.values += self.learning_rate * mean / (np.sqrt(square) + 1e-8)
