"""What surrounds the cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MODULES = ("widen and halve", "keep", "widen and halve", "keep", "widen and halve")
"""The digits 4, 1, 4, 1, 4 of a name: what the first cell of a module does to its map."""


class Placed(NamedTuple):
    """A cell's place: channels of its input and output, its stride, pixels of its output."""

    inputs: int
    outputs: int
    stride: int
    pixels: int


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``width`` of the stem, which halves the resolution twice; five modules of two cells.

    The benchmark's stem has 64 channels. ``outputs`` are those of the head.
    """

    width: int
    outputs: int
    pixels: int

    def __post_init__(self) -> None:
        """Refuse a resolution that five halvings do not divide."""
        if self.pixels % 32:
            raise ValueError(f"Pixels should be a multiple of 32. Found {self.pixels}.")

    @property
    def stages(self) -> list[list[Placed]]:
        """The cells of each resolution."""
        stages: list[list[Placed]] = []
        width, pixels = self.width, self.pixels // 4
        for does in MODULES:
            if does != "keep":
                stages.append([Placed(width, 2 * width, 2, pixels // 2)])
                width, pixels = 2 * width, pixels // 2
            else:
                stages[-1].append(Placed(width, width, 1, pixels))
            stages[-1].append(Placed(width, width, 1, pixels))
        return stages

    @property
    def last(self) -> int:
        """Channels of the map that is pooled."""
        return self.stages[-1][-1].outputs
