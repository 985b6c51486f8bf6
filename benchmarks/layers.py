"""Layers of the two spaces' networks: normalisation, the cell and the residual block.

A block knows its wiring in both directions: ``forward`` carries feature maps, ``pull`` carries
cotangents of its output back to its input, by a rule that the caller brings for its layers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.cell import EDGES, Cell

Normalisation = Literal["batch", "held", "off"]

Pull = Callable[[nn.Module, Tensor], Tensor]
"""Takes a layer and a cotangent of its output to the cotangent of its input."""

EPSILON = 1e-5
"""What batch normalisation adds to the variance."""


class BatchNorm(nn.Module):
    """Batch normalisation of (N, C, H, W) with affine parameters and three modes.

    ``batch``: by the mean and (biased) variance of the minibatch, kept as ``mean`` and
    ``inverse_std``, which is 1 / sqrt(variance + epsilon). ``held``: by those last kept, as
    constants, which makes every sample's output its own. ``off``: the identity.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))
        self.mode: Normalisation = "batch"
        self.mean = torch.empty(0)
        self.inverse_std = torch.empty(0)

    @property
    def variance(self) -> Tensor:
        """The variance of the minibatch that was last seen, (C,)."""
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


class ReLU(nn.ReLU):
    """A ReLU whose output feeds ``uses`` convolutions, each of which has its own in the space."""

    uses = 1


class AvgPool(nn.Module):
    """The space's 3x3 average over the positions inside the map, whose output ``uses`` edges carry.

    As a depthwise convolution with ones, over counts, which is faster than PyTorch's pooling.
    """

    uses = 1

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


HEADS: dict[str, type[ReLU] | type[AvgPool]] = {
    "nor_conv_3x3": ReLU,
    "nor_conv_1x1": ReLU,
    "avg_pool_3x3": AvgPool,
}
"""What comes first on an edge."""


class GlobalPool(nn.Module):
    """Mean over positions, (N, C, H, W) to (N, C)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(dim=(2, 3))


class Downsample(nn.Module):
    """The residual block between stages: stride 2, pooled 1x1 shortcut without normalisation."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.first = nn.Sequential(ReLU(), *convolution(inputs, outputs, 3, stride=2))
        self.second = nn.Sequential(ReLU(), *convolution(outputs, outputs, 3))
        self.shortcut = nn.Sequential(
            nn.AvgPool2d(2, stride=2), nn.Conv2d(inputs, outputs, 1, bias=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = self.second(self.first(x)) + self.shortcut(x)
        return total

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        """Return the cotangent of the input, given the output's and the layers' rule."""
        main = pull(self.first, pull(self.second, back, rule), rule)
        return main + pull(self.shortcut, back, rule)


class CellModule(nn.Module):
    """One cell of a stage, holding its live operations only.

    An edge is a head (ReLU or pooling, shared by the edges that leave one node, or nothing) and a
    tail (convolution and normalisation, or nothing). A disconnected cell puts out zeros. Where a
    cell changes the width (size space), the edges that leave node 0 do so, and its skip becomes a
    1x1 convolution with normalisation.
    """

    def __init__(self, cell: Cell, inputs: int, outputs: int) -> None:
        super().__init__()
        self.edges = nn.ModuleDict()
        self.inputs, self.outputs = inputs, outputs
        self.wiring: list[tuple[int, int, str, str]] = []
        heads: dict[str, ReLU | AvgPool] = {}
        for operation, (source, target) in zip(cell.live.operations, EDGES, strict=True):
            if operation == "none":
                continue
            kind, name = HEADS.get(operation), f"{source}{target}"
            head = f"{source}{kind.__name__}" if kind else ""
            if kind and head in heads:
                heads[head].uses += 1
            elif kind:
                heads[head] = kind()
            self.edges[name] = _tail(operation, inputs if source == 0 else outputs, outputs)
            self.wiring.append((source, target, head, name))
        self.heads = nn.ModuleDict(heads)

    def forward(self, x: Tensor) -> Tensor:
        nodes, headed, sums = {0: x}, {}, set()
        for source, target, head, edge in self.wiring:
            if head and head not in headed:
                headed[head] = self.heads[head](nodes[source])
            put = self.edges[edge](headed[head] if head else nodes[source])
            if target in sums:
                nodes[target].add_(put)  # nobody else holds the sum yet
            elif target in nodes:
                nodes[target] = nodes[target] + put
                sums.add(target)
            else:
                nodes[target] = put
        return nodes[3] if 3 in nodes else x.new_zeros(len(x), self.outputs, *x.shape[2:])

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        """Return the cotangent of the input, given the output's and the layers' rule."""
        if not self.wiring:
            return back.new_zeros(len(back), self.inputs, *back.shape[2:])
        nodes = {3: back}
        parts: dict[int, dict[str, Tensor]] = {0: {}, 1: {}, 2: {}}
        for source, target, head, edge in reversed(self.wiring):
            if target not in nodes:  # every edge that leaves it has been pulled
                nodes[target] = self._node(parts[target], rule)
            put, found = pull(self.edges[edge], nodes[target], rule), parts[source]
            found[head] = found[head] + put if head in found else put
        return self._node(parts[0], rule)

    def _node(self, parts: dict[str, Tensor], rule: Pull) -> Tensor:
        backs = [rule(self.heads[head], part) if head else part for head, part in parts.items()]
        return sum(backs[1:], start=backs[0])


def pull(module: nn.Module, back: Tensor, rule: Pull) -> Tensor:
    """Return the cotangent of a module's input: wired modules know the way, ``rule`` the layers."""
    if isinstance(module, nn.Sequential):
        for part in reversed(module):
            back = pull(part, back, rule)
        return back
    if isinstance(module, CellModule | Downsample):
        return module.pull(back, rule)
    return back if isinstance(module, nn.Identity) else rule(module, back)


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution without bias and its normalisation."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        BatchNorm(outputs),
    )


def _tail(operation: str, inputs: int, outputs: int) -> nn.Module:
    if operation == "nor_conv_3x3":
        return convolution(inputs, outputs, 3)
    if operation == "nor_conv_1x1" or (operation == "skip_connect" and inputs != outputs):
        return convolution(inputs, outputs, 1)
    return nn.Identity()
