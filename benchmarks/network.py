"""Networks of the two spaces: the benchmark's own skeleton around a cell, live operations only.

Networks of one skeleton may stand side by side in one module, which computes for each what it would
compute alone in fewer and larger operations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

import torch
from torch import Tensor, nn

from benchmarks.blocks import CellModule, Downsample, Pull, convolution, pull
from benchmarks.cell import Cell
from benchmarks.layers import (
    BatchNorm,
    Classifier,
    Convolution,
    GlobalPool,
    Normalisation,
    ReLU,
)

Initialisation = Literal["default", "normal", "fan_in", "fan_out"]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What surrounds a cell: ``widths`` of stem, and of reduction and cells for two more stages.

    Stage 1 runs at ``widths[0]``; a residual block of stride 2 leads to ``widths[1]``, the next
    cells to ``widths[2]``; another to ``widths[3]`` and ``widths[4]``. The topology space has
    widths (16, 32, 32, 64, 64) and five cells a stage.
    """

    widths: tuple[int, int, int, int, int]
    cells: int
    classes: int
    pixels: int

    def __post_init__(self) -> None:
        """Refuse a resolution at which the residual blocks' two branches differ in size."""
        if self.pixels % 4:
            raise ValueError(f"Pixels should be a multiple of 4. Found {self.pixels}.")

    @property
    def stages(self) -> list[list[tuple[int, int]]]:
        """(input, output) channels of every cell, stage by stage."""
        a, b, c, d, e = self.widths
        later = [(c, c)] * (self.cells - 1), [(e, e)] * (self.cells - 1)
        return [[(a, a)] * self.cells, [(b, c), *later[0]], [(d, e), *later[1]]]


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
        """Every convolution and the classifier, in the order of each network's forward pass."""
        return [layer for layer in self.layers if isinstance(layer, Convolution | Classifier)]

    @cached_property
    def norms(self) -> list[BatchNorm]:
        """Every batch normalisation, in the order of each network's forward pass."""
        return [layer for layer in self.layers if isinstance(layer, BatchNorm)]

    @contextmanager
    def normalised(self, mode: Normalisation) -> Iterator[None]:
        """Run every batch normalisation in ``mode`` inside the ``with`` block."""
        for norm in self.norms:
            norm.mode = mode
        try:
            yield
        finally:
            for norm in self.norms:
                norm.mode = "batch"


class Network(Layered):
    """The benchmark's network of a cell: stem, three stages with residual blocks between, head.

    Or those of several cells side by side, whose channels and logits follow one another. Parameters
    are left uninitialised: see :func:`initialise`. As ``written``, dead operations are there and
    run too; such a network only runs forward, and ``pull`` does not know it. Source: Dong and Yang,
    NAS-Bench-201, ICLR 2020, arXiv:2001.00326, figure 1; NATS-Bench, TPAMI 2021,
    arXiv:2009.00437, for the size space.
    """

    def __init__(self, cells: Sequence[Cell], skeleton: Skeleton, *, written: bool = False) -> None:
        super().__init__(len(cells))
        widths, all_cells = skeleton.widths, tuple(range(len(cells)))
        self.stem = convolution(3, widths[0], 3, all_cells)
        body: list[nn.Module] = []
        for stage, channels in enumerate(skeleton.stages):
            if stage:
                body.append(Downsample(widths[2 * stage - 2], widths[2 * stage - 1], all_cells))
            body.extend(CellModule(cells, *pair, written=written) for pair in channels)
        self.body = nn.Sequential(*body)
        self.last = nn.Sequential(BatchNorm(widths[4], all_cells), ReLU((1,) * len(cells)))
        self.pool = GlobalPool()
        self.classifier = Classifier(widths[4], skeleton.classes, all_cells)

    def features(self, x: Tensor) -> Tensor:
        """Return the feature map before global average pooling, (N, count * C, H, W)."""
        result: Tensor = self.last(self.body(self.stem(x)))
        return result

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, (N, count * classes), of images (N, count * 3, pixels, pixels)."""
        logits: Tensor = self.classifier(self.pool(self.features(x)))
        return logits

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        """Return the cotangent of the images, (N, count * 3, H, W), given that of the logits.

        ``rule`` pulls it through one layer.
        """
        for part in (self.classifier, self.pool, self.last, self.body, self.stem):
            back = pull(part, back, rule)
        return back


def beside(images: Tensor, count: int) -> Tensor:
    """Return images (N, C, H, W), once for each of ``count`` networks side by side."""
    if count == 1:
        return images
    return images.repeat(1, count, 1, 1).contiguous(memory_format=torch.channels_last)


def build(cells: Sequence[Cell], skeleton: Skeleton, *, written: bool = False) -> Network:
    """Return the network of cells, with memory for its parameters but no values in it."""
    with torch.device("meta"):
        network = Network(cells, skeleton, written=written)
    return network.to_empty(device="cpu")


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
            shape = layer.weight.chunk(len(layer.members))[0].shape
            for parameter in (layer.weight, layer.bias):
                if parameter is not None:
                    drawn = torch.zeros(parameter.shape)
                    parts = drawn.chunk(len(layer.members))
                    for member, part in zip(layer.members, parts, strict=True):
                        _draw(part, shape, scheme, generators[member])
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
