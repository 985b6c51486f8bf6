"""The networks of TransNAS-Bench-101's macro space once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from tests.literal.net import Net


@dataclass
class Residual(Net):
    """A literal backbone with a linear head: a digit a module, of two residual blocks."""

    digits: str = ""

    def block(self, x: Tensor, *, widens: bool, halves: bool) -> Tensor:
        stride = 2 if halves else 1
        y = self.bn(self.conv(self.relu(x), stride=stride))
        y = self.bn(self.conv(self.relu(y)))
        return y + (self.bn(self.conv(x, stride=stride)) if widens or halves else x)

    def maps(self, x: Tensor) -> Iterator[Tensor]:
        self.start()
        x = self.bn(self.conv(x, stride=2))
        x = self.bn(self.conv(self.relu(x), stride=2))
        yield x
        for digit in map(int, self.digits):  # even ones widen, 3 and 4 halve
            x = self.block(x, widens=digit % 2 == 0, halves=digit > 2)
            yield x
            x = self.block(x, widens=False, halves=False)
            yield x

    def features(self, x: Tensor) -> Tensor:
        *_, last = self.maps(x)
        return last

    @property
    def ends(self) -> list[int]:
        """Places, among the maps, of the last of each resolution."""
        last = [2 * i for i, digit in enumerate(self.digits) if digit in "34" and i]
        return [*last, 2 * len(self.digits)]
