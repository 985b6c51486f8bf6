"""Gradual modification: from step to step, one operation of the child changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from benchmarks.space import Axis
from harness.oneshot.samplers.predictor import Places

if TYPE_CHECKING:
    from numpy.random import Generator


def magic_t(axes: Sequence[Axis], draw: Generator) -> Iterator[tuple[Places, ...]]:
    r"""Each step trains one child that differs from the former step's in one choice.

    :math:`d(\alpha_t, \alpha_{t+1}) = 1` in Hamming distance: the axis is drawn uniformly, and its
    choice uniformly among the others; the first child is drawn from the whole space. Re-implemented
    from the description of MAGIC-T in Xu et al., Analyzing and Mitigating Interference in Neural
    Architecture Search, ICML 2022, arXiv:2108.12821, whose code is not public.
    """
    child = [int(draw.integers(len(axis.choices))) for axis in axes]
    while True:
        yield (tuple(child),)
        axis = int(draw.integers(len(axes)))
        child[axis] = _another(child[axis], len(axes[axis].choices), draw)


def _another(choice: int, choices: int, draw: Generator) -> int:
    """Return any choice but one, each as probable as another."""
    drawn = int(draw.integers(choices - 1))
    return drawn + (drawn >= choice)
