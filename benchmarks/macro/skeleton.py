"""What surrounds the eight layers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skeleton:
    """``width`` of the stem, which each stage doubles, and ``last`` of the map that is pooled.

    The benchmark has a stem of 32 channels and 1,280 at the end.
    """

    width: int
    last: int
    classes: int
    pixels: int

    def __post_init__(self) -> None:
        """Refuse a resolution that three halvings do not divide."""
        if self.pixels % 8:
            raise ValueError(f"Pixels should be a multiple of 8. Found {self.pixels}.")

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """Channels of the stem and of each stage."""
        return self.width, 2 * self.width, 4 * self.width, 8 * self.width
