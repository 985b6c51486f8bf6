"""The size space: five channel widths on one fixed cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from benchmarks.errors import BadInput
from benchmarks.nasbench201.cell import Cell

CHANNELS = (8, 16, 24, 32, 40, 48, 56, 64)

SIZE_CELL = Cell(
    (
        "nor_conv_3x3",
        "nor_conv_3x3",
        "nor_conv_3x3",
        "skip_connect",
        "nor_conv_3x3",
        "nor_conv_3x3",
    )
)
"""The one cell of every candidate of the size space."""


@dataclass(frozen=True, slots=True, order=True)
class Widths:
    """Five channel widths: stem and first cell, then residual block and cell, twice.

    Source: Dong et al., NATS-Bench, TPAMI 2021, arXiv:2009.00437.
    """

    channels: tuple[int, int, int, int, int]

    @classmethod
    def parse(cls, string: str) -> Widths:
        """Read the official string ``a:b:c:d:e``, each of 8, 16, ..., 64.

        Raises:
            BadInput: the string is not of that form.
        """
        parts = string.split(":")
        if len(parts) != 5 or any(part not in map(str, CHANNELS) for part in parts):
            raise BadInput(
                "A candidate of the size space should read `a:b:c:d:e`, each of "
                f"{', '.join(map(str, CHANNELS))}. Found `{string}`."
            )
        a, b, c, d, e = map(int, parts)
        return cls((a, b, c, d, e))

    def __str__(self) -> str:
        return ":".join(map(str, self.channels))


def every_widths() -> Iterator[Widths]:
    """Yield all 8^5 = 32,768 candidates in the official index order, which is lexicographic."""
    return (Widths((a, b, c, d, e)) for a, b, c, d, e in product(CHANNELS, repeat=5))
