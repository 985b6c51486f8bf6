"""Pairs of children at a Hamming distance that share a convolution which is live in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.errors import BadInput
from benchmarks.space import Axis
from benchmarks.supernet import Supernet
from harness.oneshot.samplers.predictor import Places

TRIES = 10_000
"""Draws for one pair, after which it is held that there is none."""


class Pair(NamedTuple):
    """Two children that differ in ``distance`` choices, and the convolutions that both run."""

    distance: int
    first: Places
    second: Places
    shared: tuple[str, ...]


def pairs(
    network: Supernet, axes: Sequence[Axis], distance: int, count: int, draw: np.random.Generator
) -> list[Pair]:
    """Return pairs of children, drawn uniformly from those that share a live convolution.

    The first child and ``distance`` axes are drawn uniformly, and so is another choice on each of
    these; what shares no convolution on an input-to-output path of both is drawn again. Children
    that differ in every choice share nothing, so a distance is less than the number of axes.

    Raises:
        BadInput: no pair at that distance shares a convolution.
    """
    drawn: list[Pair] = []
    tries = 0
    while len(drawn) < count:
        pair = _drawn(network, axes, distance, draw)
        tries = 0 if pair.shared else tries + 1
        if pair.shared:
            drawn.append(pair)
        elif tries == TRIES:
            raise BadInput(
                f"Children at distance {distance} should share a convolution. None of {TRIES} "
                "pairs does."
            )
    return drawn


def _drawn(
    network: Supernet, axes: Sequence[Axis], distance: int, draw: np.random.Generator
) -> Pair:
    first = [int(draw.integers(len(axis.choices))) for axis in axes]
    second = list(first)
    for axis in draw.choice(len(axes), distance, replace=False):
        step = int(draw.integers(1, len(axes[axis].choices)))
        second[axis] = (first[axis] + step) % len(axes[axis].choices)
    both = set(network.path(second))
    shared = [name for name in network.path(first) if name in both and network.shared(name)]
    return Pair(distance, tuple(first), tuple(second), tuple(shared))
