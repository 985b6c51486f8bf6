"""The pass of GenNAS: a short regression from images to synthetic signals."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.errors import Undefined
from benchmarks.layers import Convolution
from benchmarks.network import Layered, Network, initialise, unfilled
from benchmarks.normalisation import BatchNorm
from harness.passes.inputs import Context, Records
from proxies import records as r

IMAGES, PIXELS = 16, 32
CHANNELS, SIZE = 64, 8
"""Of the signals: (images, 64, 8, 8) a stage."""

STEPS, RATE, MOMENTUM, DECAY = 100, 0.1, 0.9, 4e-5
SHARES = (0.25, 0.5, 1.0)
"""Of the stages' errors in the loss."""

HIGH = torch.arange(10) * 0.0125 + 0.375
MIDDLE = torch.arange(10) * 0.025 + 0.125
"""Frequencies of the waves, in periods a pixel."""


class Heads(Layered):
    """After each stage, batch normalisation and a 1x1 convolution to the signals' channels."""

    def __init__(self, widths: Sequence[int], count: int) -> None:
        super().__init__(count)
        lanes = tuple(range(count))
        self.stages = nn.ModuleList(
            nn.Sequential(
                BatchNorm(width, lanes), Convolution(width, CHANNELS, 1, lanes, bias=True)
            )
            for width in widths
        )


def regression_pass(context: Context[Network]) -> Records:
    """Train a copy of the networks for some steps on one minibatch and fixed signals.

    Raises:
        Undefined: the networks have other than three stages.
    """
    if len(context.network.ends) != len(SHARES):
        raise Undefined(f"signals are for three stages, and it has {len(context.network.ends)}")
    resized = F.interpolate(context.inputs.images[:IMAGES], (PIXELS, PIXELS))
    goals = [goal.to(resized) for goal in signals(resized.cpu().float())]
    images = context.repeated(resized)
    trained = copy.deepcopy(context.network)
    heads = head(trained).to(images)
    parameters = [*trained.parameters(), *heads.parameters()]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": DECAY},
        {"params": [p for p in parameters if p.ndim == 1]},
    ]
    optimiser = torch.optim.SGD(groups, RATE, MOMENTUM)

    def error() -> Tensor:
        by_stage = zip(heads.stages, trained.stages(images), goals, SHARES, strict=True)
        parts = [
            share
            * (context.split(stage(F.interpolate(x, (SIZE, SIZE)))) - goal)
            .square()
            .mean((1, 2, 3, 4))
            for stage, x, goal, share in by_stage
        ]
        return torch.stack(parts).sum(0)

    for _ in range(STEPS):
        optimiser.zero_grad()
        torch.autograd.backward(error().sum())
        optimiser.step()
    with torch.no_grad():
        return {r.RegressionError: [r.RegressionError(value) for value in error().cpu()]}


def head(network: Network) -> Heads:
    """Return heads, the same weights for all networks of these widths."""
    heads = unfilled(Heads, network.widths, network.count)
    initialise(heads, 0)
    return heads


def signals(images: Tensor) -> list[Tensor]:
    """Return what each stage's head is to give, (N, 64, 8, 8), of images (N, 3, H, W)."""
    generator = torch.Generator().manual_seed(0)
    shape = len(images), CHANNELS, 1, 1
    row = torch.arange(1, SIZE + 1.0)[:, None]
    column = row.T

    def drawn(count: int) -> Tensor:
        return torch.randint(count, shape, generator=generator)

    def phase() -> Tensor:
        return 2 * math.pi * torch.rand(shape, generator=generator)

    def along_one() -> Tensor:
        place = torch.where(drawn(2) == 0, row, column)
        return (2 * math.pi * HIGH[drawn(10)] * place + phase()).sin()

    def along_both(frequencies: Tensor) -> Tensor:
        across, down = frequencies[drawn(10)], frequencies[drawn(10)]
        wave = (2 * math.pi * (across * column + down * row) + phase()).sin()
        return torch.where(drawn(2) == 0, wave, wave.flip(2))

    def dots() -> Tensor:
        full = len(images), CHANNELS, SIZE, SIZE
        return 2.0 * torch.randint(2, full, generator=generator) - 1

    def resized() -> Tensor:
        small = F.interpolate(images, (SIZE, SIZE))
        small = 2 * (small - small.min()) / (small.max() - small.min()) - 1
        return small[:, torch.randint(images.shape[1], (CHANNELS,), generator=generator)]

    return [
        along_one() + along_both(HIGH) + dots(),
        along_one() + along_both(MIDDLE) + resized(),
        along_one() + dots() + resized(),
    ]
