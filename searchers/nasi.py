"""NASI: the argmax of one gradient of a training-free objective."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from searchers.marginals import best_choices
from searchers.questions import Note, Relax, Search
from searchers.registry import searcher
from searchers.space import Space

Vector = NDArray[np.float64]


@searcher(
    source="Shu et al., NASI, ICLR 2022, arXiv:2109.00817",
    family="one-shot",
)
def nasi(
    space: Space,
    rng: Generator,
    steps: int = 100,
    mu: float = 1.0,
    nu: float = 0.0,
    temperature: float = 1.0,
    soft: bool = False,
) -> Search:
    r"""Ascend the penalised trace of a one-shot network from one point, and take the argmax.

    The objective is :math:`R = t - \mu \max(0, t - \nu)` with :math:`t = \lVert \frac1b \sum_x
    \nabla_\theta L_x \rVert^2` on one minibatch. For each of ``steps`` minibatches and Gumbel draws
    :math:`G_s` is the gradient of R by :math:`\alpha` at :math:`\alpha_0 = 0`, which never moves;
    the choice is the argmax on each axis of :math:`\sum_s G_s / \max(\lVert G_1 \rVert, \dots,
    \lVert G_s \rVert)`.

    What the paper's main text leaves open is our reading: weights are hard choices with the
    gradient of the softmax at ``temperature`` passed straight through, or that softmax itself with
    ``soft``; an operation that is not chosen runs, times 0. Without ``nu`` it adapts: it is the
    mean trace so far. The share of steps at which the constraint was active is noted as ``active``.
    """
    start = int(rng.integers(2**31))
    total = [np.zeros(size) for size in space.sizes]
    traces: list[float] = []
    longest, active = 0.0, 0
    for _ in range(steps):
        gumbel = [-np.log(-np.log(rng.random(size))) for size in space.sizes]
        shares = [softmax(g / temperature) for g in gumbel]
        weights = shares if soft else [np.eye(len(y))[int(np.argmax(y))] for y in shares]
        minibatch = int(rng.integers(2**31))
        answer = yield Relax(tuple(tuple(row.tolist()) for row in weights), minibatch, start)
        traces.append(answer.value)
        limit = nu or float(np.mean(traces))
        exceeds = answer.value > limit
        active += exceeds
        scale = 1 - mu if exceeds else 1.0
        gradient = [
            scale * through(y, np.array(slope), temperature)
            for y, slope in zip(shares, answer.gradient, strict=True)
        ]
        longest = max(longest, float(np.sqrt(sum(g @ g for g in gradient))))
        if longest > 0:
            for part, g in zip(total, gradient, strict=True):
                part += g / longest
    yield Note("active", active / steps)
    return space.nearest(best_choices(total), rng)


def softmax(logits: Vector) -> Vector:
    """Return probabilities."""
    power = np.exp(logits - logits.max())
    p: Vector = power / power.sum()
    return p


def through(p: Vector, slope: Vector, temperature: float) -> Vector:
    r"""Return the gradient by logits of what has this slope by their softmax, :math:`J^T s`."""
    back: Vector = p * (slope - p @ slope) / temperature
    return back
