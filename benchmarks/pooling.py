"""Pooling layers of the two spaces' networks: linear, without parameters."""

from __future__ import annotations

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.layers import Layer, unread


class Pooling(Layer):
    """A linear layer without parameters: its tangent is the layer itself."""

    def tangent(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        tangent: Tensor = type(self).forward(self, moved)
        return tangent


class AvgPool(Pooling):
    """The space's 3x3 average over the positions inside the map, which ``uses`` edges carry.

    As a depthwise convolution with ones, over counts, which is faster than PyTorch's pooling.
    """

    def __init__(self, uses: tuple[int, ...]) -> None:
        super().__init__()
        self.uses = uses

    def forward(self, x: Tensor) -> Tensor:
        ones, share = _window(*x.shape[1:], x.dtype, x.device)
        return F.conv2d(x, ones, padding=1, groups=len(ones)).mul_(share)

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Sum cotangents over a window, each over the pixels that its average counted."""
        ones, share = _window(*back.shape[1:], back.dtype, back.device)
        return F.conv2d(back * share, ones, padding=1, groups=len(ones))


@cache
def _window(
    channels: int, height: int, width: int, dtype: torch.dtype, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return ones (C, 1, 3, 3), and one over how many positions a window covers, (1, 1, H, W)."""
    ones = torch.ones(channels, 1, 3, 3, dtype=dtype, device=device)
    here = torch.ones(1, 1, height, width, dtype=dtype, device=device)
    return ones, 1 / F.conv2d(here, ones[:1], padding=1)


class GlobalPool(Pooling):
    """Mean over positions, (N, C, H, W) to (N, C)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(dim=(2, 3))

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return (back / x[0, 0].numel())[:, :, None, None].expand(-1, -1, *x.shape[2:])


class HalvingPool(nn.AvgPool2d, Pooling):
    """Mean of 2 x 2 positions, (N, C, H, W) to (N, C, H / 2, W / 2)."""

    def __init__(self) -> None:
        super().__init__(2, stride=2)

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        sizes = ([size, size] for size in (self.kernel_size, self.stride, self.padding))
        pulled: Tensor = torch.ops.aten.avg_pool2d_backward(
            back, unread(back, x), *sizes, self.ceil_mode, self.count_include_pad, None
        )
        return pulled
