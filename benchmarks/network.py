"""Networks of the two spaces: the benchmark's own skeleton around a cell, live operations only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.cell import EDGES, Cell

Normalisation = Literal["batch", "held", "off"]
Initialisation = Literal["default", "normal", "fan_in", "fan_out"]

EPSILON = 1e-5
"""What batch normalisation adds to the variance."""


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


class BatchNorm(nn.Module):
    """Batch normalisation of (N, C, H, W) with affine parameters and three modes.

    ``batch``: mean and (biased) variance of the minibatch. ``held``: those that were last recorded,
    as constants, which makes every sample's output its own. ``off``: the identity.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.bias = nn.Parameter(torch.empty(channels))
        self.mode: Normalisation = "batch"
        self.mean = torch.empty(0)
        self.variance = torch.empty(0)
        self.recording = False

    def forward(self, x: Tensor) -> Tensor:
        if self.mode == "off":
            return x
        if self.recording:
            with torch.no_grad():
                self.variance, self.mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
        if self.mode == "held":
            return F.batch_norm(x, self.mean, self.variance, self.weight, self.bias, eps=EPSILON)
        return F.batch_norm(x, None, None, self.weight, self.bias, training=True, eps=EPSILON)


class Downsample(nn.Module):
    """The residual block between stages: stride 2, pooled 1x1 shortcut without normalisation."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.first = convolution(inputs, outputs, 3, stride=2)
        self.second = convolution(outputs, outputs, 3)
        self.shortcut = nn.Sequential(
            nn.AvgPool2d(2, stride=2), nn.Conv2d(inputs, outputs, 1, bias=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = self.second(self.first(x)) + self.shortcut(x)
        return total


class CellModule(nn.Module):
    """One cell of a stage, holding its live operations only.

    A disconnected cell puts out zeros. Where a cell changes the width (size space), the edges that
    leave node 0 do so, and its skip becomes a 1x1 convolution with normalisation.
    """

    def __init__(self, cell: Cell, inputs: int, outputs: int) -> None:
        super().__init__()
        self.edges = nn.ModuleDict()
        self.outputs = outputs
        for operation, (source, target) in zip(cell.live.operations, EDGES, strict=True):
            if operation != "none":
                edge = _operation(operation, inputs if source == 0 else outputs, outputs)
                self.edges[f"{source}{target}"] = edge

    def forward(self, x: Tensor) -> Tensor:
        nodes: list[Tensor | None] = [x, None, None, None]
        for name, edge in self.edges.items():
            source, target = int(name[0]), int(name[1])
            put = edge(nodes[source])
            nodes[target] = put if nodes[target] is None else nodes[target] + put
        if nodes[3] is None:
            return x.new_zeros(x.shape[0], self.outputs, *x.shape[2:])
        return nodes[3]


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
    def normalised(self, mode: Normalisation, *, recording: bool = False) -> Iterator[None]:
        """Run every batch normalisation in ``mode`` inside the ``with`` block.

        ``recording`` keeps the statistics of what comes in; in mode ``held`` before they are used.
        """
        for norm in self.norms:
            norm.mode, norm.recording = mode, recording
        try:
            yield
        finally:
            for norm in self.norms:
                norm.mode, norm.recording = "batch", False


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
        self.last = nn.Sequential(BatchNorm(widths[4]), nn.ReLU())
        self.classifier = nn.Linear(widths[4], skeleton.classes)

    def features(self, x: Tensor) -> Tensor:
        """Return the feature map before global average pooling, (N, C, H, W)."""
        result: Tensor = self.last(self.body(self.stem(x)))
        return result

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, (N, classes), of images (N, 3, pixels, pixels)."""
        logits: Tensor = self.classifier(self.features(x).mean(dim=(2, 3)))
        return logits


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


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Return ReLU, convolution without bias, batch normalisation: the space's convolution."""
    return nn.Sequential(
        nn.ReLU(),
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        BatchNorm(outputs),
    )


def _operation(operation: str, inputs: int, outputs: int) -> nn.Module:
    if operation == "nor_conv_3x3":
        return convolution(inputs, outputs, 3)
    if operation == "nor_conv_1x1":
        return convolution(inputs, outputs, 1)
    if operation == "skip_connect" and inputs == outputs:
        return nn.Identity()
    if operation == "skip_connect":
        return nn.Sequential(nn.Conv2d(inputs, outputs, 1, bias=False), BatchNorm(outputs))
    return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)
