"""Uniform single path: every step trains one child, drawn anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from benchmarks.space import Axis
from harness.oneshot.samplers.predictor import Places

if TYPE_CHECKING:
    from numpy.random import Generator


def spos(axes: Sequence[Axis], draw: Generator) -> Iterator[tuple[Places, ...]]:
    r"""Each step trains one child, every choice of every axis as probable as another.

    :math:`\alpha_t \sim \mathcal{U}(\mathcal{A})`, independent of what came before. Source: Guo et
    al., Single Path One-Shot NAS with Uniform Sampling, ECCV 2020, arXiv:1904.00420.
    """
    while True:
        yield (tuple(int(draw.integers(len(axis.choices))) for axis in axes),)
