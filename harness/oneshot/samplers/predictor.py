"""What a one-shot predictor is: which children train together, and what is aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.errors import BadInput
from benchmarks.space import Axis

if TYPE_CHECKING:
    from numpy.random import Generator

Places = tuple[int, ...]
"""A child as the places of its choices, one an axis."""

Sampler = Callable[[Sequence[Axis], "Generator"], Iterator[tuple[Places, ...]]]
"""Yields, for ever, the children whose gradients make one step."""


@dataclass(frozen=True)
class Predictor:
    """A supernet's training; its children's validation accuracies are the scores.

    Attributes:
        name: as on the command line and in tables.
        sampler: whom each step trains.
        source: where it is published.
        text: its definition.
        aligned: whether children are pulled towards an anchor: see
            :mod:`harness.oneshot.alignment`.
    """

    name: str
    sampler: Sampler
    source: str
    text: str
    aligned: bool = False


FEWEST = 10
"""Children below which a supernet is not worth its training."""


def check_enough(cells: int) -> None:
    """Refuse to train supernets for fewer children than can be ranked.

    Raises:
        BadInput: there are fewer.
    """
    if cells < FEWEST:
        raise BadInput(
            f"`--oneshot` should have at least {FEWEST} cells to rank: a supernet is trained for "
            f"all of them. Found {cells}. Name more with `--cells`."
        )
