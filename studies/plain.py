"""The plain network that a unit of time runs: PyTorch's own modules, each edge with its own."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from benchmarks.nasbench201.cell import EDGES, Cell


class Plain(nn.Module):
    """A cell's network as PyTorch's own modules, each edge with its own: what a unit runs."""

    def __init__(self, cell: Cell, classes: int = 10, channels: int = 16) -> None:
        super().__init__()
        self.live = cell.live.operations
        self.stem = nn.Sequential(
            nn.Conv2d(3, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )
        stages = []
        for stage in range(3):
            width = channels << stage
            shrink = [_Residual(width // 2)] if stage else []
            stages += [*shrink, *(nn.ModuleList(self._edges(width)) for _ in range(5))]
        self.body = nn.ModuleList(stages)
        self.last = nn.Sequential(nn.BatchNorm2d(4 * channels), nn.ReLU())
        self.classifier = nn.Linear(4 * channels, classes)

    def _edges(self, width: int) -> list[nn.Module]:
        made: dict[str, Callable[[], nn.Module]] = {
            "none": nn.Identity,
            "skip_connect": nn.Identity,
            "avg_pool_3x3": lambda: nn.AvgPool2d(3, 1, 1, count_include_pad=False),
            "nor_conv_1x1": lambda: _convolution(width, width, 1),
            "nor_conv_3x3": lambda: _convolution(width, width, 3),
        }
        return [made[operation]() for operation in self.live]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        x = self.stem(x)
        for part in self.body:
            x = part(x) if isinstance(part, _Residual) else self._cell(part, x)
        return self.classifier(self.last(x).mean((2, 3)))

    def _cell(self, edges: nn.ModuleList, x: torch.Tensor) -> torch.Tensor:
        nodes: list[torch.Tensor | float] = [x, 0.0, 0.0, 0.0]
        for edge, operation, (source, target) in zip(edges, self.live, EDGES, strict=True):
            if operation != "none":
                nodes[target] = nodes[target] + edge(nodes[source])
        return nodes[3]


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        first = _convolution(width, 2 * width, 3, 2)
        self.long = nn.Sequential(first, _convolution(2 * width, 2 * width, 3))
        self.short = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(width, 2 * width, 1, bias=False))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.long(x) + self.short(x)


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    sizes = {"stride": stride, "padding": kernel // 2, "bias": False}
    convolution = nn.Conv2d(inputs, outputs, kernel, **sizes)
    return nn.Sequential(nn.ReLU(), convolution, nn.BatchNorm2d(outputs))
