"""Parameters and multiply-accumulates of a candidate, in the benchmark's own convention."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from benchmarks.macro.chain import IDENTITY, SHAPES, Chain
from benchmarks.macro.skeleton import Skeleton
from benchmarks.space import Cost


@lru_cache(maxsize=1 << 14)
def cost(chain: Chain, skeleton: Skeleton) -> Cost:
    """Return what the benchmark's table calls params and FLOPs.

    FLOPs are multiply-accumulates of convolutions and the classifier, whose bias is free, as are
    normalisation, ReLU and additions. An identity that passes a map on costs nothing, so what is
    live is all.
    """
    parts = [_convolution(3, skeleton.widths[0], 3, skeleton.pixels)]
    stages = zip(chain.live, skeleton.widths, skeleton.widths[1:], strict=False)
    for stage, (operations, inputs, outputs) in enumerate(stages):
        pixels = skeleton.pixels >> stage
        parts += _layer(operations[0], inputs, outputs, pixels, pixels // 2)
        for operation in operations[1:]:
            parts += _layer(operation, outputs, outputs, pixels // 2, pixels // 2)
    parts.append(_convolution(skeleton.widths[-1], skeleton.last, 1, skeleton.pixels >> 3))
    weights = skeleton.last * skeleton.classes
    parts.append(Cost(weights + skeleton.classes, weights))
    return Cost(sum(part.params for part in parts), sum(part.flops for part in parts))


def convolutions(chain: Chain) -> int:
    """Return how many convolutions follow one another in the searched part: all there are."""
    return sum(1 if name == IDENTITY else 3 for name in sum(chain.live, ()))


def _layer(operation: str, inputs: int, outputs: int, before: int, after: int) -> Iterator[Cost]:
    """Yield the cost of each convolution of a layer, given the pixels before and after it."""
    if operation == IDENTITY:
        yield _convolution(inputs, outputs, 1, after)
        return
    kernel, expansion = SHAPES[operation]
    inside = expansion * inputs
    yield _convolution(inputs, inside, 1, before)
    yield _convolution(1, inside, kernel, after)  # each channel has one input
    yield _convolution(inside, outputs, 1, after)


def _convolution(inputs: int, outputs: int, kernel: int, pixels: int) -> Cost:
    """Return the cost of a convolution and the batch normalisation that follows it."""
    weights = inputs * outputs * kernel**2
    return Cost(weights + 2 * outputs, weights * pixels**2)
