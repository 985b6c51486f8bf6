"""What a released code's network of a cell has as modules, containers too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from benchmarks.layers import Convolution, ReLU
from benchmarks.nasbench201.blocks import CellModule, Downsample
from benchmarks.network import Outputs
from benchmarks.normalisation import BatchNorm
from benchmarks.pooling import AvgPool

if TYPE_CHECKING:
    from benchmarks.nasbench201.network import CellNetwork


def released(network: CellNetwork) -> Outputs:
    """Yield what puts out a feature map, and how many modules do in the topology space's release.

    A convolution on an edge is ReLU, convolution and normalisation, in a sequence, in a module: the
    normalised map counts three times. A pooling stands in a module, a skip is one, stem and head
    are sequences, the stem's in a module, and the cells of a stage are a sequence, which puts out
    what the last of them does. What comes after the last ReLU has one position and no correlation.
    """
    all_cells = tuple(range(network.count))

    def all_of(sequence: nn.Module, *counts: int) -> Outputs:
        for module, count in zip(sequence.children(), counts, strict=True):
            yield module, all_cells, (count,) * network.count

    yield from all_of(network.stem, 1, 3)
    following = [*list(network.body)[1:], None]
    for block, after in zip(network.body, following, strict=True):
        if isinstance(block, Downsample):
            yield from all_of(block.first, 1, 1, 3)
            yield from all_of(block.second, 1, 1, 3)
            yield from all_of(block.shortcut, 1, 2)
            yield block, all_cells, (1,) * network.count
        elif isinstance(block, CellModule):
            yield from _of_cell(block)
            yield block, all_cells, (1 if isinstance(after, CellModule) else 2,) * network.count
    yield from all_of(network.last, 1, 2)


def _of_cell(cell: CellModule) -> Outputs:
    all_cells = tuple(range(cell.count))
    for head in cell.heads.values():
        if isinstance(head, ReLU | AvgPool):
            once = 2 if isinstance(head, AvgPool) else 1
            yield head, all_cells, tuple(once * used for used in head.uses)
    for name, _, lanes in ((edge.tail, edge.head, edge.lanes) for edge in cell.wiring):
        layers = list(cell.edges[name].modules())
        for layer in layers:
            if isinstance(layer, Convolution):
                yield layer, lanes, (1,) * len(lanes)
            elif isinstance(layer, BatchNorm):
                yield layer, lanes, (3,) * len(lanes)
            elif isinstance(layer, nn.Identity) and name.endswith("skip_connect"):
                yield layer, lanes, (1,) * len(lanes)
