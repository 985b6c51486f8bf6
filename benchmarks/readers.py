"""Where a network's ReLUs stand, and what reads each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from torch import nn

from benchmarks.blocks import Staged
from benchmarks.layers import Lanes, ReLU
from benchmarks.nasbench201.blocks import CellModule


class Reader(NamedTuple):
    """One consumer of a ReLU's output, as the released networks have a ReLU for each of these.

    Attributes:
        place: index of its block in the network's body; of what follows the body, the next number.
        relu: the ReLU.
        module: the edge that reads it, or the ReLU itself where one edge alone does.
        lanes: the networks side by side that have that edge.
    """

    place: int
    relu: ReLU
    module: nn.Module
    lanes: Lanes


def readers(network: Staged) -> Iterator[Reader]:
    """Yield what reads the ReLUs after the stem: in the space each edge has its own."""
    for place, block in enumerate((*network.body, network.last)):
        shared: set[nn.Module] = set()
        for cell in block.modules():
            if isinstance(cell, CellModule):
                for edge in cell.wiring:
                    head = cell.heads[edge.head] if edge.head else None
                    if isinstance(head, ReLU):
                        shared.add(head)
                        yield Reader(place, head, cell.edges[edge.tail], edge.lanes)
        for relu in block.modules():
            if isinstance(relu, ReLU) and relu not in shared:
                yield Reader(place, relu, relu, tuple(range(network.count)))
