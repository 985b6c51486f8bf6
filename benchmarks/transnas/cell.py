"""Cells of TransNAS-Bench-101: those of NAS-Bench-201 without pooling, under names of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

from benchmarks.errors import BadInput
from benchmarks.nasbench201.cell import EDGES, Cell, Term, functional_key

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3")
"""By the digit that names them."""

AROUND = "64-41414"
"""Width of the stem, and the five modules, as every name says them."""

_NAME = re.compile(rf"{AROUND}-([0-3])_([0-3])([0-3])_([0-3])([0-3])([0-3])")


def parse(string: str) -> Cell:
    """Read the official string ``64-41414-a_bc_def``, a digit an edge, in the order of the nodes.

    Raises:
        BadInput: the string is not of that form.
    """
    match = _NAME.fullmatch(string)
    if match is None:
        raise BadInput(
            f"A cell of TransNAS-Bench-101 should read `{AROUND}-a_bc_def`, each letter a digit of "
            f"0 to 3. Found `{string}`."
        )
    return Cell(tuple(OPERATIONS[int(digit)] for digit in match.groups()))


def name(cell: Cell) -> str:
    """Return the official string."""
    a, b, c, d, e, f = (OPERATIONS.index(operation) for operation in cell.operations)
    return f"{AROUND}-{a}_{b}{c}_{d}{e}{f}"


def every_cell() -> Iterator[Cell]:
    """Yield all 4^6 = 4,096 cells, in the order of their strings."""
    return (Cell(operations) for operations in product(OPERATIONS, repeat=len(EDGES)))


@cache
def _representatives() -> dict[Cell, Cell]:
    """Map every live cell to the representative of its functional class."""
    keys = {live: functional_key(live, projecting=True) for live in {c.live for c in every_cell()}}
    chosen: dict[tuple[Term, ...], Cell] = {}
    for live in sorted(keys, key=lambda c: (len(EDGES) - c.count("none"), c)):
        chosen.setdefault(keys[live], live)
    return {live: chosen[key] for live, key in keys.items()}


def representative(cell: Cell) -> Cell:
    """Return the cell that stands for all cells that compute the same function.

    A network holds a cell in two forms: where it changes the shape of the map, a skip from node 0
    has weights, elsewhere it is the identity. Two cells are one function if both forms are, which
    the first decides. There are 1,376 representatives; the cell of six ``none`` stands for the 169
    that no path leads through.
    """
    return _representatives()[cell.live]
