"""The networks of TransNAS-Bench-101 once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from tests.literal.net import Net

SHRINKS = (True, False, False, False)
"""Cells of two modules, 4 and 1: the first of the first halves and doubles."""


@dataclass
class Encoder(Net):
    """A literal encoder with a linear head: modules 4, 1, 4, 1, 4 of two cells."""

    def reduced(self, x: Tensor) -> Tensor:
        """Every other pixel, and every other one between them, each through half the kernels."""
        x = self.relu(x)
        between = torch.zeros_like(x)
        between[:, :, :-1, :-1] = x[:, :, 1:, 1:]
        halves = [self.conv(x, stride=2), self.conv(between, stride=2)]
        return self.bn(torch.cat(halves, dim=1))

    def cell(self, x: Tensor, shrinks: bool = False) -> Tensor:
        nodes: dict[int, Tensor] = {0: x}
        for edge in ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)):
            source, target = edge
            if not self.live(edge):
                continue
            changes = shrinks and source == 0
            if self.ops[edge] == "skip_connect":
                put = self.reduced(nodes[source]) if changes else nodes[source]
            else:
                put = self.bn(self.conv(self.relu(nodes[source]), stride=2 if changes else 1))
            nodes[target] = nodes[target] + put if target in nodes else put
        return nodes[3]

    def maps(self, x: Tensor) -> Iterator[Tensor]:
        self.start()
        x = self.bn(self.conv(x, stride=2))
        x = self.bn(self.conv(self.relu(x), stride=2))
        yield x
        for shrinks in (*SHRINKS, *SHRINKS, *SHRINKS[:2]):
            x = self.cell(x, shrinks)
            yield x

    def features(self, x: Tensor) -> Tensor:
        *_, last = self.maps(x)
        return last

    @property
    def ends(self) -> list[int]:
        """Places, among the maps, of the last of each resolution."""
        return [4, 8, 10]
