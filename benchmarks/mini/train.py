"""One training of one cell on the embedded benchmark's images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.cell import Cell
from benchmarks.mini.digits import images
from benchmarks.network import Network, Skeleton, build, initialise

WIDTH, CELLS = 4, 1
STATISTICS = 2000
"""Training images whose statistics normalise at test time, under the final weights."""


@dataclass(frozen=True)
class Recipe:
    """How every network is trained: SGD with Nesterov momentum and a one-cycle learning rate."""

    epochs: int
    batch: int = 100
    rate: float = 0.1
    momentum: float = 0.9
    decay: float = 5e-4


FULL, SHORT = Recipe(epochs=8), Recipe(epochs=2)


def skeleton(width: int = WIDTH, pixels: int = 12) -> Skeleton:
    """Return the skeleton of the embedded benchmark: one cell a stage."""
    widths = (width, 2 * width, 2 * width, 4 * width, 4 * width)
    return Skeleton(widths, CELLS, classes=10, pixels=pixels)


@cache
def tensors(split: str) -> tuple[Tensor, Tensor]:
    """Return a split's images (n, 3, 12, 12), standardised by the training images, and classes."""
    pixels, classes = images(split)
    train, _ = images("train")
    scaled = (pixels - train.mean((0, 1, 2))) / train.std((0, 1, 2))
    stacked = torch.from_numpy(scaled.transpose(0, 3, 1, 2)).float()
    return stacked.contiguous(memory_format=torch.channels_last), torch.from_numpy(classes)


def train(cell: Cell, seed: int, recipe: Recipe) -> dict[str, float]:
    """Train one network and return its accuracy (%) on ``x-valid`` and ``x-test``.

    ``seed`` fixes the initial weights and the order of the images, whatever the machine; sums
    differ by rounding between machines, so accuracies agree within seed noise, not exactly.
    """
    named = f"{cell}\0{seed}\0{recipe.epochs}"
    start = int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], "big") >> 1
    network = build(cell, skeleton())
    initialise(network, start)
    network.on("cpu")
    x, y = tensors("train")
    order = torch.Generator().manual_seed(start)
    optimiser = torch.optim.SGD(
        network.parameters(),
        recipe.rate,
        recipe.momentum,
        nesterov=True,
        weight_decay=recipe.decay,
        fused=True,
    )
    steps = recipe.epochs * (len(x) // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.rate, total_steps=steps)
    for _ in range(recipe.epochs):
        for chosen in torch.split(torch.randperm(len(x), generator=order), recipe.batch):
            optimiser.zero_grad()
            loss = F.cross_entropy(network(x[chosen]), y[chosen])
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    with network.normalised("batch", recording=True), torch.no_grad():
        network(x[:STATISTICS])
    return {split: accuracy(network, split) for split in ("x-valid", "x-test")}


def accuracy(network: Network, split: str) -> float:
    """Return the accuracy (%), normalised by the statistics that the network holds."""
    x, y = tensors(split)
    with network.normalised("held"), torch.no_grad():
        right = network(x).argmax(1) == y
    return 100 * float(right.double().mean())
