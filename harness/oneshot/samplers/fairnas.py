"""Strict fairness: every step trains all operations of every edge once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from benchmarks.space import Axis
from harness.oneshot.samplers.predictor import Places

if TYPE_CHECKING:
    from numpy.random import Generator


def fairnas(axes: Sequence[Axis], draw: Generator) -> Iterator[tuple[Places, ...]]:
    r"""Each step adds up the gradients of children that have every choice of every axis once.

    With :math:`m` choices an axis, child :math:`i = 1, \dots, m` takes choice :math:`\pi_e(i)` on
    axis :math:`e`, with permutations :math:`\pi_e` drawn anew each step; all see one minibatch, and
    one update follows. Source: Chu, Zhang and Xu, FairNAS, ICCV 2021, arXiv:1907.01845.

    Raises:
        ValueError: axes differ in how many choices they have.
    """
    while True:
        orders = [draw.permutation(len(axis.choices)).tolist() for axis in axes]
        yield tuple(zip(*orders, strict=True))
