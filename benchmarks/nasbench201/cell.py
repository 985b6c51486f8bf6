"""A cell of the topology space: six edges among four nodes, and what of it computes something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import Any

from benchmarks.errors import BadInput, suggestion

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
"""(source, target) of each edge, in the order in which the official string names them."""

CONVOLUTIONS = ("nor_conv_1x1", "nor_conv_3x3")

Term = tuple[Any, ...]
"""A summand of a node: ``("x",)``, ``("pool", terms)`` or ``(convolution, identity, terms)``."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A cell of NAS-Bench-201: one operation for each edge of :data:`EDGES`.

    Node 0 is the input, node 3 the output; every other node is the sum of its incoming edges.
    Source: Dong and Yang, NAS-Bench-201, ICLR 2020, arXiv:2001.00326.
    """

    operations: tuple[str, ...]

    @classmethod
    def parse(cls, string: str) -> Cell:
        """Read the official string ``|op~0|+|op~0|op~1|+|op~0|op~1|op~2|``.

        Raises:
            BadInput: the string is not of that form or names an unknown operation.
        """
        operations: list[str] = []
        nodes = string.split("+")
        for target, node in enumerate(nodes, start=1):
            edges = node.removeprefix("|").removesuffix("|").split("|")
            for source, edge in enumerate(edges):
                operation, _, origin = edge.partition("~")
                if origin != str(source) or len(edges) != target or len(nodes) != 3:
                    raise BadInput(
                        "A cell should read `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`. "
                        f"Found `{string}`."
                    )
                if operation not in OPERATIONS:
                    raise BadInput(
                        f"An operation should be one of {', '.join(OPERATIONS)}. Found "
                        f"`{operation}` in `{string}`.{suggestion(operation, OPERATIONS)}"
                    )
                operations.append(operation)
        cell = cls(tuple(operations))
        if str(cell) != string:
            raise BadInput(f"A cell should read `{cell}`. Found `{string}`.")
        return cell

    def __str__(self) -> str:
        named = [f"{op}~{source}" for op, (source, _) in zip(self.operations, EDGES, strict=True)]
        return f"|{named[0]}|+|{'|'.join(named[1:3])}|+|{'|'.join(named[3:])}|"

    @property
    def live_edges(self) -> tuple[bool, ...]:
        """Whether each edge lies on a path from the input to the output."""
        reached, useful = {0}, {3}
        for operation, (source, target) in zip(self.operations, EDGES, strict=True):
            if operation != "none" and source in reached:
                reached.add(target)
        for operation, (source, target) in reversed(list(zip(self.operations, EDGES, strict=True))):
            if operation != "none" and target in useful:
                useful.add(source)
        return tuple(
            operation != "none" and source in reached and target in useful
            for operation, (source, target) in zip(self.operations, EDGES, strict=True)
        )

    @property
    def live(self) -> Cell:
        """The cell with every edge that lies on no input-to-output path replaced by ``none``."""
        pairs = zip(self.operations, self.live_edges, strict=True)
        return Cell(tuple(operation if live else "none" for operation, live in pairs))

    @property
    def connected(self) -> bool:
        """Whether any path leads from the input to the output."""
        return any(self.live_edges)

    @property
    def depth(self) -> int:
        """The most convolutions on one path from the input to the output; 0 without a path."""
        deepest: dict[int, int] = {0: 0}
        for operation, (source, target) in zip(self.live.operations, EDGES, strict=True):
            if operation != "none":
                reached = deepest[source] + (operation in CONVOLUTIONS)
                deepest[target] = max(reached, deepest.get(target, 0))
        return deepest.get(3, 0)

    def count(self, operation: str) -> int:
        """Return how many edges carry ``operation``, dead ones included."""
        return self.operations.count(operation)


def every_cell() -> Iterator[Cell]:
    """Yield all 5^6 = 15,625 cells, in lexicographic order of :data:`OPERATIONS`.

    This is *not* the official index order, which is a shuffled list stored in the benchmark file.
    """
    return (Cell(operations) for operations in product(OPERATIONS, repeat=len(EDGES)))


def functional_key(cell: Cell, *, projecting: bool = False) -> tuple[Term, ...]:
    """Return what a cell computes, as a canonical multiset of summands.

    Each node is a multiset of terms: ``none`` and edges from an empty node contribute nothing, a
    skip splices its source's terms, average pooling wraps them, and a convolution wraps them
    together with *which* convolution it is, so that conv_a(x) + conv_a(x) differs from
    conv_a(x) + conv_b(x). The key is the output node's multiset, smallest over all renamings of
    the convolutions. Renamings need only permute convolutions that look alike once their names
    are erased (same kind, same erased input), which leaves at most 12 of the 720. In a cell that
    is ``projecting``, which changes the shape of the map, a skip from node 0 has weights too.
    """
    live = cell.live
    edges = [
        e
        for e, (operation, (source, _)) in enumerate(zip(live.operations, EDGES, strict=True))
        if operation in CONVOLUTIONS or (projecting and source == 0 and operation == "skip_connect")
    ]
    erased = _output_terms(live, dict.fromkeys(edges, 0))[1]
    alike: dict[tuple[Any, ...], list[int]] = {}
    for edge in sorted(edges, key=lambda e: erased[e]):
        alike.setdefault(erased[edge], []).append(edge)
    return min(
        _output_terms(live, {edge: name for name, edge in enumerate(sum(order, ()))})[0]
        for order in product(*(permutations(group) for group in alike.values()))
    )


def _output_terms(cell: Cell, names: dict[int, int]) -> tuple[tuple[Term, ...], dict[int, Term]]:
    """Return the output's sorted terms, and the term that each convolution edge yields."""
    nodes: list[list[Term]] = [[("x",)], [], [], []]
    convolutions: dict[int, Term] = {}
    for edge, (operation, (source, target)) in enumerate(zip(cell.operations, EDGES, strict=True)):
        terms = tuple(sorted(nodes[source]))
        if operation == "none" or not terms:
            continue
        if edge in names:
            convolutions[edge] = (operation, names[edge], terms)
            nodes[target].append(convolutions[edge])
        elif operation == "skip_connect":
            nodes[target].extend(terms)
        else:
            nodes[target].append(("pool", terms))
    return tuple(sorted(nodes[3])), convolutions


@cache
def _representatives() -> dict[Cell, Cell]:
    """Map every live cell to the representative of its functional class."""
    keys = {live: functional_key(live) for live in {cell.live for cell in every_cell()}}
    chosen: dict[tuple[Term, ...], Cell] = {}
    for live in sorted(keys, key=lambda c: (len(EDGES) - c.count("none"), c)):
        chosen.setdefault(keys[live], live)
    return {live: chosen[key] for live, key in keys.items()}


def representative(cell: Cell) -> Cell:
    """Return the cell that stands for all cells that compute the same function.

    It is the member with the fewest edges, ties broken by name, so it does not depend on which
    cells a run scores. There are 5,260 representatives; the cell of six ``none`` stands for the
    341 disconnected ones.
    """
    return _representatives()[cell.live]
