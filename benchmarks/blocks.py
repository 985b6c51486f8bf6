"""What networks are built of between their layers: modules that know their wiring both ways."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn

from benchmarks.layers import Convolution, Lanes
from benchmarks.network import Network, Pull
from benchmarks.normalisation import BatchNorm
from benchmarks.pooling import GlobalPool


class Block(nn.Module):
    """A wired module: ``forward`` carries feature maps, ``pull`` cotangents of them back."""

    @abstractmethod
    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        """Return the cotangent of the input, given the output's and the layers' rule."""


def pull(module: nn.Module, back: Tensor, rule: Pull) -> Tensor:
    """Return the cotangent of a module's input: blocks know the way, ``rule`` the layers."""
    if isinstance(module, nn.Sequential):
        for part in reversed(module):
            back = pull(part, back, rule)
        return back
    if isinstance(module, Block):
        return module.pull(back, rule)
    return back if isinstance(module, nn.Identity) else rule(module, back)


class Staged(Network):
    """A network whose parts stand in a row: stem, body, what comes last before the pooling."""

    last: nn.Module
    pool: GlobalPool

    def features(self, x: Tensor) -> Tensor:
        result: Tensor = self.last(self.body(self.stem(x)))
        return result

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, (N, count * classes), of images (N, count * 3, pixels, pixels)."""
        logits: Tensor = self.classifier(self.pool(self.features(x)))
        return logits

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        for part in (self.classifier, self.pool, self.last, self.body, self.stem):
            back = pull(part, back, rule)
        return back


def convolution(
    inputs: int, outputs: int, kernel: int, lanes: Lanes, stride: int = 1
) -> nn.Sequential:
    """Return a convolution and its normalisation."""
    return nn.Sequential(
        Convolution(inputs, outputs, kernel, lanes, stride=stride), BatchNorm(outputs, lanes)
    )
