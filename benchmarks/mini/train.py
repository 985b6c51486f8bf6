"""One training of one cell on the embedded benchmark's images."""

from __future__ import annotations

import hashlib
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.layers import parted
from benchmarks.mini.digits import images
from benchmarks.mini.space import MINI
from benchmarks.nasbench201.cell import Cell
from benchmarks.nasbench201.network import build
from benchmarks.network import Network, initialise
from benchmarks.training import Recipe

SKELETON = MINI.around(MINI.datasets[0])
STATISTICS = 2000
"""Training images whose statistics normalise at test time, under the final weights."""


FULL, SHORT = Recipe(epochs=3), Recipe(epochs=1)


@cache
def tensors(split: str) -> tuple[Tensor, Tensor]:
    """Return a split's images (n, 3, 12, 12), standardised by the training images, and classes."""
    pixels, classes = images(split)
    train, _ = images("train")
    scaled = (pixels - train.mean((0, 1, 2))) / train.std((0, 1, 2))
    stacked = torch.from_numpy(scaled.transpose(0, 3, 1, 2)).float()
    return stacked.contiguous(memory_format=torch.channels_last), torch.from_numpy(classes)


def seen(network: Network, images: list[Tensor]) -> Tensor:
    """Return logits (replicas, N, classes) of one minibatch (N, 3, 12, 12) a replica."""
    x = torch.cat(images, dim=1).contiguous(memory_format=torch.channels_last)
    logits: Tensor = network(x)
    return parted(logits, network.count).transpose(0, 1)


def train(cell: Cell, seeds: list[int], recipe: Recipe) -> list[dict[str, float]]:
    """Train a cell once a seed and return its accuracies (%) on ``x-valid`` and ``x-test``.

    Its replicas stand side by side and share nothing: each has its own weights, images and
    normalisation, so it trains as it would alone, but the processor sees fewer, larger operations.
    A seed fixes the initial weights and the order of the images, whatever trains beside it; sums
    differ by rounding between machines, so accuracies agree within seed noise, not exactly.
    """
    starts = [_start(cell, seed, recipe) for seed in seeds]
    network = build([cell] * len(seeds), SKELETON)
    initialise(network, starts)
    network.on("cpu")
    x, y = tensors("train")
    orders = [torch.Generator().manual_seed(start) for start in starts]
    steps = recipe.epochs * (len(x) // recipe.batch)
    optimiser, schedule = recipe.optimiser(network.parameters(), steps, fused=True)
    for _ in range(recipe.epochs):
        shuffled = torch.stack([torch.randperm(len(x), generator=order) for order in orders])
        for chosen in torch.split(shuffled, recipe.batch, dim=1):
            optimiser.zero_grad()
            logits = seen(network, [x[rows] for rows in chosen])
            loss = F.cross_entropy(logits.flatten(0, 1), y[chosen.flatten()]) * len(seeds)
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
    with torch.no_grad():
        seen(network, [x[:STATISTICS]] * len(seeds))
    right = {split: accuracies(network, split) for split in ("x-valid", "x-test")}
    return [{split: found[i] for split, found in right.items()} for i in range(len(seeds))]


def accuracies(network: Network, split: str) -> list[float]:
    """Return each replica's accuracy (%), normalised by the statistics that it holds."""
    x, y = tensors(split)
    with network.normalised("held"), torch.no_grad():
        parts = [seen(network, [part] * network.count).argmax(2) for part in torch.split(x, 500)]
    right = torch.cat(parts, dim=1) == y
    return [100 * float(share) for share in right.double().mean(1)]


def _start(cell: Cell, seed: int, recipe: Recipe) -> int:
    named = f"{cell}\0{seed}\0{recipe.epochs}"
    return int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], "big") >> 1
