"""Parameters and multiply-accumulates of a candidate, in the benchmark's own convention."""

from __future__ import annotations

from functools import lru_cache

from benchmarks.nasbench201.cell import EDGES, Cell
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.space import Cost


@lru_cache(maxsize=1 << 14)
def cost(cell: Cell, skeleton: Skeleton) -> Cost:
    """Return what the benchmark's tables call params and FLOPs; dead operations are counted.

    FLOPs are multiply-accumulates of convolutions and the classifier (whose bias counts); batch
    normalisation, ReLU, pooling, skips and additions are free. In the topology space with ten
    classes, params are 73,306 + 243,040 n3 + 28,000 n1, with n3 and n1 the edges that carry a 3x3
    and a 1x1 convolution.
    """
    widths, pixels = skeleton.widths, skeleton.pixels
    parts = [_convolution(3, widths[0], 3, pixels)]
    for stage, channels in enumerate(skeleton.stages):
        size = pixels >> stage
        if stage:
            inputs, outputs = widths[2 * stage - 2], widths[2 * stage - 1]
            shortcut = inputs * outputs
            parts += [
                _convolution(inputs, outputs, 3, size),
                _convolution(outputs, outputs, 3, size),
                Cost(shortcut, shortcut * size**2),
            ]
        parts += [_edge(cell, edge, pair, size) for pair in channels for edge in range(len(EDGES))]
    classifier = (widths[4] + 1) * skeleton.classes
    parts += [Cost(2 * widths[4], 0), Cost(classifier, classifier)]
    return Cost(sum(part.params for part in parts), sum(part.flops for part in parts))


def layers(cell: Cell, skeleton: Skeleton) -> int:
    """Return how many layers hold weights, convolutions and the classifier, of those that are live.

    The stem, three in either residual block, those of every cell, and the classifier; 0 for a
    disconnected cell. In the topology space they are 8 + 15 n, with n the live convolutions of the
    cell.
    """
    if not cell.connected:
        return 0
    live, pairs = cell.live, [pair for channels in skeleton.stages for pair in channels]
    weighted = (_edge(live, edge, pair, 1) for pair in pairs for edge in range(len(EDGES)))
    return 8 + sum(part.params > 0 for part in weighted)


def _edge(cell: Cell, edge: int, channels: tuple[int, int], pixels: int) -> Cost:
    inputs = channels[0] if EDGES[edge][0] == 0 else channels[1]
    operation = cell.operations[edge]
    if operation == "nor_conv_3x3":
        return _convolution(inputs, channels[1], 3, pixels)
    if operation == "nor_conv_1x1" or (operation == "skip_connect" and inputs != channels[1]):
        return _convolution(inputs, channels[1], 1, pixels)
    return Cost(0, 0)


def _convolution(inputs: int, outputs: int, kernel: int, pixels: int) -> Cost:
    """Return the cost of a convolution and the batch normalisation that follows it."""
    weights = inputs * outputs * kernel**2
    return Cost(weights + 2 * outputs, weights * pixels**2)
