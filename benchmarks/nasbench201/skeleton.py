"""What surrounds the cells of the two spaces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What surrounds a cell: ``widths`` of stem, and of reduction and cells for two more stages.

    Stage 1 runs at ``widths[0]``; a residual block of stride 2 leads to ``widths[1]``, the next
    cells to ``widths[2]``; another to ``widths[3]`` and ``widths[4]``. The topology space has
    widths (16, 32, 32, 64, 64) and five cells a stage.
    """

    widths: tuple[int, int, int, int, int]
    cells: int
    classes: int
    pixels: int

    def __post_init__(self) -> None:
        """Refuse a resolution at which the residual blocks' two branches differ in size."""
        if self.pixels % 4:
            raise ValueError(f"Pixels should be a multiple of 4. Found {self.pixels}.")

    @property
    def stages(self) -> list[list[tuple[int, int]]]:
        """(input, output) channels of every cell, stage by stage."""
        a, b, c, d, e = self.widths
        later = [(c, c)] * (self.cells - 1), [(e, e)] * (self.cells - 1)
        return [[(a, a)] * self.cells, [(b, c), *later[0]], [(d, e), *later[1]]]
