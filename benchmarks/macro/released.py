"""What the released code's network of a chain has as modules, containers too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from benchmarks.macro.blocks import Bottleneck
from benchmarks.network import Outputs

if TYPE_CHECKING:
    from benchmarks.macro.network import ChainNetwork


def released(network: ChainNetwork) -> Outputs:
    """Yield what puts out a feature map, and how many modules of the release put out the same.

    The stem, the inside of a bottleneck and an identity that changes the shape are sequences, which
    put out what their last part does; a layer is a module around its sequence, and all layers are a
    sequence. What comes after the last ReLU has one position and no correlation.
    """
    lanes = tuple(range(network.count))

    def one(module: nn.Module, times: int) -> Outputs:
        yield module, lanes, (times,) * network.count

    def inside(sequence: nn.Module, of_last: int) -> Outputs:
        *first, last = sequence.children()
        for module in first:
            yield from one(module, 1)
        yield from one(last, of_last)

    yield from inside(network.stem, 2)
    end = network.body[-1]
    for layer in network.body:
        around = 2 if layer is end else 1
        if isinstance(layer, Bottleneck) and layer.adds:
            yield from inside(layer.path, 2)
            yield from one(layer, around)
        elif isinstance(layer, Bottleneck):
            yield from inside(layer.path, 2 + around)
        elif isinstance(layer, nn.Identity):
            yield from one(layer, around)
        else:
            yield from inside(layer, 2 + around)
    yield from inside(network.last, 1)
