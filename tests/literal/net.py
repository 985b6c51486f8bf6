"""The networks once more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count

import torch
import torch.nn.functional as F
from torch import Tensor

PATHS = (((0, 3),), ((0, 1), (1, 3)), ((0, 2), (2, 3)), ((0, 1), (1, 2), (2, 3)))


def number(scalar: Tensor) -> float:
    return float(scalar.detach())


@dataclass
class Net:
    """A literal NAS-Bench-201 network: ``ops[i, j]`` on the edge from node i to node j.

    ``norm`` is "batch" (statistics of the minibatch), "held" (those in ``statistics``, constant)
    or "off". ``tap`` sees and may replace the output of every convolution and the classifier.
    """

    ops: dict[tuple[int, int], str]
    weights: list[Tensor]
    bias: Tensor
    scales: list[Tensor]
    shifts: list[Tensor]
    cells: int
    norm: str = "batch"
    statistics: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    relu_inputs: list[Tensor] = field(default_factory=list)
    layers: list[Tensor] = field(default_factory=list)
    tap: Callable[[int, Tensor], Tensor] = lambda i, a: a

    def live(self, edge: tuple[int, int]) -> bool:
        return any(edge in p and all(self.ops[e] != "none" for e in p) for p in PATHS)

    def relu(self, x: Tensor) -> Tensor:
        self.relu_inputs.append(x)
        return self.layer(x.clamp(min=0))

    def layer(self, x: Tensor) -> Tensor:
        self.layers.append(x)
        return x

    def pool(self, x: Tensor, size: int, stride: int, padding: int) -> Tensor:
        return self.layer(F.avg_pool2d(x, size, stride, padding, count_include_pad=False))

    def conv(self, x: Tensor, stride: int = 1) -> Tensor:
        i = next(self._weight)
        w = self.weights[i]
        return self.layer(self.tap(i, F.conv2d(x, w, stride=stride, padding=w.shape[-1] // 2)))

    def bn(self, x: Tensor) -> Tensor:
        i = next(self._norm)
        if self.norm == "off":
            return self.layer(x)
        if self.norm == "held":
            mean, var = self.statistics[i]
        else:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            self.statistics.append((mean, var))
        flat = (x - mean[:, None, None]) / (var[:, None, None] + 1e-5).sqrt()
        return self.layer(flat * self.scales[i][:, None, None] + self.shifts[i][:, None, None])

    def cell(self, x: Tensor) -> Tensor:
        nodes = [x, torch.zeros_like(x), torch.zeros_like(x), torch.zeros_like(x)]
        for edge in ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)):
            source, target = edge
            op = self.ops[edge]
            if not self.live(edge):
                continue
            if op == "skip_connect":
                put = nodes[source]
            elif op == "avg_pool_3x3":
                put = self.pool(nodes[source], 3, 1, 1)
            else:
                put = self.bn(self.conv(self.relu(nodes[source])))
            nodes[target] = nodes[target] + put
        return nodes[3]

    def start(self) -> None:
        self._weight, self._norm = count(), count()
        if self.norm == "batch":
            self.statistics = []
        self.relu_inputs, self.layers = [], []

    def maps(self, x: Tensor) -> Iterator[Tensor]:
        """Outputs of the stem and of every block."""
        self.start()
        x = self.bn(self.conv(x))
        yield x
        for stage in range(3):
            if stage:
                left = self.bn(self.conv(self.relu(x), stride=2))
                left = self.bn(self.conv(self.relu(left)))
                x = left + self.conv(self.pool(x, 2, 2, 0))
                yield x
            for _ in range(self.cells):
                x = self.cell(x)
                yield x

    def features(self, x: Tensor) -> Tensor:
        *_, last = self.maps(x)
        return self.relu(self.bn(last))

    def thin(self, x: Tensor) -> Tensor:
        """The cell alone, on one channel."""
        self.start()
        return self.relu(self.bn(self.cell(x)))

    def __call__(self, x: Tensor) -> Tensor:
        pooled = self.features(x).mean((2, 3))
        i = next(self._weight)
        return self.tap(i, pooled @ self.weights[i].T + self.bias)

    @property
    def ends(self) -> list[int]:
        """Places, among the maps, of the last of each stage."""
        return [self.cells, 2 * self.cells + 1, 3 * self.cells + 2]

    @property
    def parameters(self) -> list[Tensor]:
        return [*self.weights, self.bias, *self.scales, *self.shifts]
