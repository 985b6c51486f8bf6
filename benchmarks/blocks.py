"""What networks are built of between their layers: modules that know their wiring both ways."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn

from benchmarks.layers import Convolution, Members
from benchmarks.network import Pull
from benchmarks.normalisation import BatchNorm


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


def convolution(
    inputs: int, outputs: int, kernel: int, members: Members, stride: int = 1
) -> nn.Sequential:
    """Return a convolution and its normalisation."""
    return nn.Sequential(
        Convolution(inputs, outputs, kernel, members, stride=stride), BatchNorm(outputs, members)
    )
