"""Layers of the two spaces' networks, for one network or several of one skeleton side by side.

Feature maps are (N, members * C, H, W): the channels of one member after those of another. A layer
computes for each what it would compute alone.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Normalisation = Literal["batch", "held", "off"]

Members = tuple[int, ...]
"""Which of the networks that stand side by side have a layer, ascending."""

EPSILON = 1e-5
"""What batch normalisation adds to the variance."""


def parted(x: Tensor, members: int, dim: int = 1) -> Tensor:
    """Return a dimension that holds members one after another as two, (..., members, C, ...)."""
    return torch.unflatten(x, dim, (members, -1))


@lru_cache(maxsize=256)
def places(members: Members, device: torch.device) -> Tensor:
    """Return members as an index."""
    return torch.tensor(members, device=device)


class Convolution(nn.Conv2d):
    """Every member's own convolution of (N, members * inputs, H, W), with padding: a group each."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        members: Members,
        *,
        stride: int = 1,
        bias: bool = False,
    ) -> None:
        n = len(members)
        padding = kernel // 2
        super().__init__(n * inputs, n * outputs, kernel, stride, padding, groups=n, bias=bias)
        self.members = members


class Classifier(nn.Linear):
    """Every member's own linear layer, (N, members * inputs) to (N, members * classes)."""

    def __init__(self, inputs: int, classes: int, members: Members) -> None:
        super().__init__(inputs, len(members) * classes)
        self.members = members

    def product(self, x: Tensor) -> Tensor:
        """Multiply by the weights alone."""
        return self._by("ngc,gkc->ngk", x)

    def forward(self, x: Tensor) -> Tensor:
        return self.product(x) + self.bias

    def pull(self, back: Tensor) -> Tensor:
        """Return the cotangent of the input, given the output's."""
        return self._by("ngk,gkc->ngc", back)

    def _by(self, sums: str, x: Tensor) -> Tensor:
        count = len(self.members)
        weights = parted(self.weight, count, 0)
        return torch.einsum(sums, parted(x, count), weights).flatten(1)


class BatchNorm(nn.Module):
    """Batch normalisation of (N, members * C, H, W), with affine parameters and three modes.

    ``batch``: by the mean and (biased) variance of the minibatch, kept as ``mean`` and
    ``inverse_std``, which is 1 / sqrt(variance + epsilon). ``held``: by those last kept, as
    constants, which makes every sample's output its own. ``off``: the identity.
    """

    def __init__(self, channels: int, members: Members) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(len(members) * channels))
        self.bias = nn.Parameter(torch.empty(len(members) * channels))
        self.members = members
        self.mode: Normalisation = "batch"
        self.mean = torch.empty(0)
        self.inverse_std = torch.empty(0)

    @property
    def variance(self) -> Tensor:
        """The variance of the minibatch that was last seen, (members * C,)."""
        return (self.inverse_std**-2 - EPSILON).clamp_min(0)

    def forward(self, x: Tensor) -> Tensor:
        if self.mode == "off":
            return x
        if self.mode == "held":
            return F.batch_norm(x, self.mean, self.variance, self.weight, self.bias, eps=EPSILON)
        y: Tensor
        y, self.mean, self.inverse_std = torch.native_batch_norm(
            x, self.weight, self.bias, None, None, True, 0.0, EPSILON
        )
        return y


Owner = Convolution | Classifier | BatchNorm
"""A layer with parameters."""


class ReLU(nn.ReLU):
    """A ReLU whose output feeds ``uses`` convolutions of each member.

    In the space each of them has its own.
    """

    def __init__(self, uses: tuple[int, ...]) -> None:
        super().__init__()
        self.uses = uses


class AvgPool(nn.Module):
    """The space's 3x3 average over the positions inside the map, which ``uses`` edges carry.

    As a depthwise convolution with ones, over counts, which is faster than PyTorch's pooling.
    """

    def __init__(self, uses: tuple[int, ...]) -> None:
        super().__init__()
        self.uses = uses

    def forward(self, x: Tensor) -> Tensor:
        ones, share = _window(*x.shape[1:], x.dtype, x.device)
        return F.conv2d(x, ones, padding=1, groups=len(ones)).mul_(share)

    def pull(self, back: Tensor) -> Tensor:
        """Return the cotangent of the input: a sum of cotangents over counts."""
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


class GlobalPool(nn.Module):
    """Mean over positions, (N, C, H, W) to (N, C)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(dim=(2, 3))
