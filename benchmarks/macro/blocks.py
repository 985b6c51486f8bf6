"""Layers of a chain: inverted bottlenecks, and identities that change the shape."""

from __future__ import annotations

from torch import Tensor, nn

from benchmarks.blocks import Block, convolution, pull
from benchmarks.depthwise import Depthwise
from benchmarks.layers import Lanes, ReLU
from benchmarks.macro.chain import SHAPES
from benchmarks.network import Pull
from benchmarks.normalisation import BatchNorm


class Bottleneck(Block):
    """An inverted bottleneck: a 1x1 convolution widens, a depthwise one follows, a third narrows.

    ReLU comes after the first two, nothing after the last. The input is added where the shape
    stays. Source: Sandler et al., MobileNetV2, CVPR 2018, arXiv:1801.04381; the benchmark has ReLU
    in place of ReLU6.
    """

    def __init__(
        self, inputs: int, outputs: int, shape: tuple[int, int], stride: int, lanes: Lanes
    ) -> None:
        super().__init__()
        (kernel, expansion), once = shape, (1,) * len(lanes)
        inside = expansion * inputs
        self.path = nn.Sequential(
            *convolution(inputs, inside, 1, lanes),
            ReLU(once),
            Depthwise(inside, kernel, lanes, stride=stride),
            BatchNorm(inside, lanes),
            ReLU(once),
            *convolution(inside, outputs, 1, lanes),
        )
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.path(x)
        return y + x if self.adds else y

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        main = pull(self.path, back, rule)
        return main + back if self.adds else main


def layer(operation: str, inputs: int, outputs: int, lanes: Lanes) -> nn.Module:
    """Return a layer, of stride 2 where it widens."""
    stride = 1 if inputs == outputs else 2
    if operation in SHAPES:
        return Bottleneck(inputs, outputs, SHAPES[operation], stride, lanes)
    if stride == 1:
        return nn.Identity()
    return convolution(inputs, outputs, 1, lanes, stride)
