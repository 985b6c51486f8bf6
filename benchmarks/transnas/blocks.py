"""Edges of the cells: convolutions that may halve the resolution, and skips that have to."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.blocks import Block, convolution, pull
from benchmarks.layers import Convolution, Lanes, ReLU, parted
from benchmarks.nasbench201.blocks import Head, Shape
from benchmarks.network import Pull
from benchmarks.normalisation import BatchNorm


class FactorizedReduction(Block):
    """Halves the resolution by two 1x1 convolutions of stride 2, one a pixel off, and normalises.

    Each gives half of the channels. What lies outside the map is zero.
    """

    def __init__(self, inputs: int, outputs: int, lanes: Lanes) -> None:
        super().__init__()
        self.lanes = len(lanes)
        first = outputs // 2
        self.even = Convolution(inputs, first, 1, lanes, stride=2)
        self.odd = Convolution(inputs, outputs - first, 1, lanes, stride=2)
        self.norm = BatchNorm(outputs, lanes)

    def forward(self, x: Tensor) -> Tensor:
        halves = (self.even(x), self.odd(F.pad(x, (-1, 1, -1, 1))))
        both = torch.cat([parted(half, self.lanes) for half in halves], dim=2)
        y: Tensor = self.norm(both.flatten(1, 2).contiguous(memory_format=torch.channels_last))
        return y

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        parts = parted(pull(self.norm, back, rule), self.lanes)
        sizes = [layer.out_channels // self.lanes for layer in (self.even, self.odd)]
        even, odd = (part.flatten(1, 2) for part in torch.split(parts, sizes, dim=2))
        return pull(self.even, even, rule) + F.pad(pull(self.odd, odd, rule), (1, -1, 1, -1))


def operation_101(name: str, shape: Shape, lanes: Lanes) -> tuple[Head | None, nn.Module]:
    """Return an edge of TransNAS-Bench-101: a skip that changes the shape has a ReLU and weights.

    Source: Duan et al., CVPR 2021, arXiv:2105.11871, and the released code.
    """
    inputs, outputs, stride = shape
    if name == "skip_connect" and (stride, inputs) == (1, outputs):
        return None, nn.Identity()
    if name == "skip_connect":
        return ReLU, FactorizedReduction(inputs, outputs, lanes)
    kernel = 3 if name == "nor_conv_3x3" else 1
    return ReLU, convolution(inputs, outputs, kernel, lanes, stride)
