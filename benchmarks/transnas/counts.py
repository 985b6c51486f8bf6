"""Parameters and multiply-accumulates of an encoder and its linear head, of both spaces."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from benchmarks.nasbench201.cell import EDGES, Cell
from benchmarks.space import Cost
from benchmarks.transnas.modules import Modules
from benchmarks.transnas.skeleton import Placed, Skeleton


@lru_cache(maxsize=1 << 14)
def cost(cell: Cell, skeleton: Skeleton) -> Cost:
    """Return trainable parameters, and multiply-accumulates at the skeleton's resolution.

    Of convolutions and the head, whose bias counts; normalisation, ReLU and additions are free. The
    benchmark stores counts of its own, of encoder and decoder, which are not at hand.
    """
    width, pixels = skeleton.width, skeleton.pixels
    parts = [
        _convolution(3, width // 2, 3, pixels // 2),
        _convolution(width // 2, width, 3, pixels // 4),
        *(part for placed in _places(skeleton) for part in _cell(cell, placed)),
    ]
    head = (skeleton.last + 1) * skeleton.outputs
    parts.append(Cost(head, head))
    return Cost(sum(part.params for part in parts), sum(part.flops for part in parts))


@lru_cache(maxsize=1 << 14)
def cost_of_modules(modules: Modules, width: int, outputs: int, pixels: int) -> Cost:
    """Return trainable parameters and multiply-accumulates of the macro space, counted likewise."""
    parts = [
        _convolution(3, width // 2, 3, pixels // 2),
        _convolution(width // 2, width, 3, pixels // 4),
    ]
    places = [placed for stage in modules.stages(width, pixels // 4) for placed in stage]
    for placed in places:
        parts.append(_convolution(placed.inputs, placed.outputs, 3, placed.pixels))
        parts.append(_convolution(placed.outputs, placed.outputs, 3, placed.pixels))
        if placed.stride == 2 or placed.inputs != placed.outputs:
            parts.append(_convolution(placed.inputs, placed.outputs, 1, placed.pixels))
    head = (places[-1].outputs + 1) * outputs
    parts.append(Cost(head, head))
    return Cost(sum(part.params for part in parts), sum(part.flops for part in parts))


def layers(cell: Cell, skeleton: Skeleton) -> int:
    """Return how many layers hold weights, of those that are live; 0 for a disconnected cell.

    Two of the stem, those of every cell, and the head. A skip that changes the shape has two.
    """
    if not cell.connected:
        return 0
    skips = sum(
        operation == "skip_connect" and source == 0
        for operation, (source, _) in zip(cell.live.operations, EDGES, strict=True)
    )
    places = _places(skeleton)
    within = sum(len(list(_cell(cell.live, placed))) for placed in places)
    return 3 + within + skips * sum(placed.stride == 2 for placed in places)


def _places(skeleton: Skeleton) -> list[Placed]:
    return [placed for stage in skeleton.stages for placed in stage]


def _cell(cell: Cell, placed: Placed) -> Iterator[Cost]:
    """Yield the cost of every edge that has weights."""
    for operation, (source, _) in zip(cell.operations, EDGES, strict=True):
        inputs = placed.inputs if source == 0 else placed.outputs
        changes = source == 0 and placed.stride == 2
        if operation == "nor_conv_3x3":
            yield _convolution(inputs, placed.outputs, 3, placed.pixels)
        elif operation == "nor_conv_1x1" or (operation == "skip_connect" and changes):
            yield _convolution(inputs, placed.outputs, 1, placed.pixels)


def _convolution(inputs: int, outputs: int, kernel: int, pixels: int) -> Cost:
    """Return the cost of a convolution and the batch normalisation that follows it."""
    weights = inputs * outputs * kernel**2
    return Cost(weights + 2 * outputs, weights * pixels**2)
