"""Networks as passes see them: layers with weights and normalisations, stages, a classifier.

Networks of one skeleton may stand side by side in one module, which computes for each what it would
compute alone in fewer and larger operations.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Literal, Self, TypeVar

import torch
from torch import Tensor, nn

from benchmarks.layers import Classifier, Convolution, Lanes
from benchmarks.normalisation import BatchNorm, Normalisation

Initialisation = Literal["default", "normal", "fan_in", "fan_out"]

Made = TypeVar("Made", bound=nn.Module)

Pull = Callable[[nn.Module, Tensor], Tensor]
"""Takes a layer and a cotangent of its output to the cotangent of its input."""


class Layered(nn.Module):
    """``count`` networks side by side, seen as layers with weights and batch normalisations."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def on(self, device: str) -> Self:
        """Move to a device, in the memory layout that runs fastest."""
        for parameter in self.parameters():
            parameter.data = parameter.data.to(device)
            if parameter.ndim == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
        return self

    @cached_property
    def layers(self) -> list[nn.Module]:
        """Everything that computes, blocks left out: what has no parts."""
        frames = nn.Identity | nn.ModuleDict
        return [m for m in self.modules() if not m._modules and not isinstance(m, frames)]

    @cached_property
    def weighted(self) -> list[Convolution | Classifier]:
        """Every convolution and the classifier, in the order of each network's forward pass.

        Raises:
            TypeError: another layer than these and normalisations has parameters, which would be
                passed over.
        """
        for layer in self.layers:
            has_own = any(True for _ in layer.parameters(recurse=False))
            if has_own and not isinstance(layer, Convolution | Classifier | BatchNorm):
                raise TypeError(
                    "A layer with weights should be a Convolution, a Classifier or a BatchNorm of "
                    f"`benchmarks`, which carry the rules that passes ask for. Found {layer}."
                )
        return [layer for layer in self.layers if isinstance(layer, Convolution | Classifier)]

    @cached_property
    def norms(self) -> list[BatchNorm]:
        """Every batch normalisation, in the order of each network's forward pass."""
        return [layer for layer in self.layers if isinstance(layer, BatchNorm)]

    @contextmanager
    def normalised(self, mode: Normalisation) -> Iterator[None]:
        """Run every batch normalisation in ``mode`` inside the ``with`` block."""
        before = [norm.mode for norm in self.norms]
        for norm in self.norms:
            norm.mode = mode
        try:
            yield
        finally:
            for norm, former in zip(self.norms, before, strict=True):
                norm.mode = former


Outputs = Iterator[tuple[nn.Module, Lanes, tuple[int, ...]]]
"""A module, the networks that have it, and how many released modules put out what it does."""


class Network(Layered):
    """Whole networks side by side: a stem, a body of blocks in stages, and a classifier.

    Their channels and logits follow one another. Attributes:
        stem, body, classifier: ``body`` is the blocks in order.
        ends: after how many blocks of the body each stage ends.
        widths: channels of each stage's last feature map, of one network.
        centred: whether only sums of normalised maps reach the classifier, so that the sum of the
            logits of a minibatch that normalises itself depends on neither images nor kernels.
    """

    stem: nn.Module
    body: nn.Sequential
    classifier: Classifier
    ends: tuple[int, ...]
    widths: tuple[int, ...]
    centred: bool = False

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """Return the feature map before global average pooling, (N, count * C, H, W)."""

    def stages(self, x: Tensor) -> Iterator[Tensor]:
        """Yield the feature map at the end of each stage, of images (N, count * 3, H, W)."""
        x = self.stem(x)
        for place, block in enumerate(self.body, start=1):
            x = block(x)
            if place in self.ends:
                yield x

    @abstractmethod
    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        """Return the cotangent of the images, (N, count * 3, H, W), given that of the logits.

        ``rule`` pulls it through one layer.
        """

    @abstractmethod
    def released(self) -> Outputs:
        """Yield what puts out a feature map, containers too, as the benchmark's own code has it."""


def repeated(images: Tensor, count: int) -> Tensor:
    """Return images (N, C, H, W), once for each of ``count`` networks side by side."""
    if count == 1:
        return images
    return images.repeat(1, count, 1, 1).contiguous(memory_format=torch.channels_last)


def unfilled(kind: Callable[..., Made], *arguments: object, **named: object) -> Made:
    """Return a network with memory for its parameters and buffers but no numbers in it.

    Nothing is drawn, so it costs what its modules cost; ``Module.to_empty`` would import PyTorch's
    compiler for it, half a second of every process.
    """
    with torch.device("meta"):
        network = kind(*arguments, **named)
    for module in network.modules():
        for name, value in module.named_parameters(recurse=False):
            empty = torch.empty(value.shape, dtype=value.dtype, device="cpu")
            setattr(module, name, nn.Parameter(empty, value.requires_grad))
        for name, buffer in module.named_buffers(recurse=False):
            setattr(module, name, torch.empty(buffer.shape, dtype=buffer.dtype, device="cpu"))
    return network


def initialise(
    network: Layered, seeds: int | Sequence[int], scheme: Initialisation = "default"
) -> None:
    """Draw every parameter on the CPU, in the order of each network's forward pass.

    ``seeds``: one for each of the networks that stand side by side, or one from which all start;
    what a network draws does not depend on the others.

    ``default`` is PyTorch's, which the benchmark trained from: U(-1/sqrt(fan_in), 1/sqrt(fan_in))
    for weights and the classifier's bias. ``normal`` is N(0, 1) for weights, ``fan_in`` and
    ``fan_out`` are N(0, 2/fan) (He et al., ICCV 2015, arXiv:1502.01852); the bias is then 0. Batch
    normalisation starts at weight 1 and bias 0 in all.
    """
    each = [seeds] * network.count if isinstance(seeds, int) else seeds
    generators = [torch.Generator().manual_seed(seed) for seed in each]
    with torch.no_grad():
        for layer in network.weighted:
            shape = layer.weight.chunk(len(layer.lanes))[0].shape
            for parameter in (layer.weight, layer.bias):
                if parameter is not None:
                    drawn = torch.zeros(parameter.shape)
                    parts = drawn.chunk(len(layer.lanes))
                    for lane, part in zip(layer.lanes, parts, strict=True):
                        _draw(part, shape, scheme, generators[lane])
                    parameter.copy_(drawn)
        for norm in network.norms:
            norm.weight.fill_(1)
            norm.bias.zero_()


def _draw(
    drawn: Tensor, shape: torch.Size, scheme: Initialisation, generator: torch.Generator
) -> None:
    """Fill with what belongs to a layer whose weights have that shape."""
    fan_in, fan_out = shape[1:].numel(), shape.numel() // shape[1]
    if scheme == "default":
        bound = 1 / math.sqrt(fan_in)
        drawn.uniform_(-bound, bound, generator=generator)
    elif drawn.ndim > 1:  # a bias stays zero
        std = {"normal": 1.0, "fan_in": (2 / fan_in) ** 0.5, "fan_out": (2 / fan_out) ** 0.5}
        drawn.normal_(0, std[scheme], generator=generator)
