"""Networks of the two spaces: the benchmark's own skeleton around a cell, live operations only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Self

import torch
from torch import Tensor, nn

from benchmarks.cell import Cell
from benchmarks.layers import (
    BatchNorm,
    CellModule,
    Downsample,
    GlobalPool,
    Normalisation,
    Pull,
    ReLU,
    pull,
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
    """A network seen as its layers with weights and its batch normalisations."""

    def on(self, device: str) -> Self:
        """Move to a device, in the memory layout that runs fastest."""
        for parameter in self.parameters():
            parameter.data = parameter.data.to(device)
            if parameter.ndim == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
        return self

    @property
    def weighted(self) -> list[nn.Conv2d | nn.Linear]:
        """Every convolution and the classifier, in the order of the forward pass."""
        return [module for module in self.modules() if isinstance(module, nn.Conv2d | nn.Linear)]

    @property
    def norms(self) -> list[BatchNorm]:
        """Every batch normalisation, in the order of the forward pass."""
        return [module for module in self.modules() if isinstance(module, BatchNorm)]

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

    Source: Dong and Yang, NAS-Bench-201, ICLR 2020, arXiv:2001.00326, figure 1; NATS-Bench,
    TPAMI 2021, arXiv:2009.00437, for the size space. Parameters are left uninitialised: see
    :func:`initialise`.
    """

    def __init__(self, cell: Cell, skeleton: Skeleton) -> None:
        super().__init__()
        widths = skeleton.widths
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, padding=1, bias=False), BatchNorm(widths[0])
        )
        body: list[nn.Module] = []
        for stage, channels in enumerate(skeleton.stages):
            if stage:
                body.append(Downsample(widths[2 * stage - 2], widths[2 * stage - 1]))
            body.extend(CellModule(cell, *pair) for pair in channels)
        self.body = nn.Sequential(*body)
        self.last = nn.Sequential(BatchNorm(widths[4]), ReLU())
        self.pool = GlobalPool()
        self.classifier = nn.Linear(widths[4], skeleton.classes)

    def features(self, x: Tensor) -> Tensor:
        """Return the feature map before global average pooling, (N, C, H, W)."""
        result: Tensor = self.last(self.body(self.stem(x)))
        return result

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, (N, classes), of images (N, 3, pixels, pixels)."""
        logits: Tensor = self.classifier(self.pool(self.features(x)))
        return logits

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        """Return the cotangent of the images, (N, 3, H, W), given the logits', (N, classes).

        ``rule`` pulls it through one layer.
        """
        for part in (self.classifier, self.pool, self.last, self.body, self.stem):
            back = pull(part, back, rule)
        return back


def build(cell: Cell, skeleton: Skeleton) -> Network:
    """Return the network of a cell, with memory for its parameters but no values in it."""
    with torch.device("meta"):
        network = Network(cell, skeleton)
    return network.to_empty(device="cpu")


def initialise(network: Layered, seed: int, scheme: Initialisation = "default") -> None:
    """Draw every parameter from ``seed``, on the CPU, in the order of the forward pass.

    ``default`` is PyTorch's, which the benchmark trained from: U(-1/sqrt(fan_in), 1/sqrt(fan_in))
    for weights and the classifier's bias. ``normal`` is N(0, 1) for weights, ``fan_in`` and
    ``fan_out`` are N(0, 2/fan) (He et al., ICCV 2015, arXiv:1502.01852); the bias is then 0. Batch
    normalisation starts at weight 1 and bias 0 in all.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in network.weighted:
            for parameter in (layer.weight, layer.bias):
                if parameter is not None:
                    drawn = torch.zeros(parameter.shape)
                    _draw(drawn, layer.weight, scheme, generator)
                    parameter.copy_(drawn)
        for norm in network.norms:
            norm.weight.fill_(1)
            norm.bias.zero_()


def _draw(
    drawn: Tensor, weight: Tensor, scheme: Initialisation, generator: torch.Generator
) -> None:
    fan_in, fan_out = weight[0].numel(), weight[:, 0].numel()
    if scheme == "default":
        bound = 1 / math.sqrt(fan_in)
        drawn.uniform_(-bound, bound, generator=generator)
    elif drawn.ndim > 1:  # a bias stays zero
        std = {"normal": 1.0, "fan_in": (2 / fan_in) ** 0.5, "fan_out": (2 / fan_out) ** 0.5}
        drawn.normal_(0, std[scheme], generator=generator)
