"""Definitions that differ between paper and code: ``python studies/variants.py TABLE IMAGES``.

*fisher* with the biased convolutions of the reference code's cells, whose normalisation removes the
bias from what follows but not from the channel's own saliency; *zico* without our cut, as the paper
writes it, and with the deviation of signed gradients, as its code computes it. All on the cells of
``sample.py``.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pandas as pd
import torch
import torch.nn.functional as F
from sample import sample
from torch import nn
from weighted import ACCURACIES, correlation, expand, markdown

from benchmarks.catalogue import BENCHMARKS
from benchmarks.images import minibatch
from benchmarks.nasbench201.blocks import CellModule
from benchmarks.network import Network, initialise
from benchmarks.processes import pool
from benchmarks.table import AccuracyTable
from harness.passes.hooks import calls, gradients
from harness.scoring.networks import seed_of
from proxies.zico import LEAST

SPACE = BENCHMARKS["nats-tss"]
DATASET = SPACE.dataset("cifar10")
NAMES = ("fisher", "fisher, biased cells", "zico", "zico, no cut", "zico, no cut, deviation of g")


def fishers(network: Network, x: torch.Tensor, y: torch.Tensor, seed: int) -> tuple[float, float]:
    """Return the score without biases, and with biases in the cells' convolutions."""
    draw = torch.Generator().manual_seed(seed)
    inside = {
        id(layer)
        for block in network.body
        if isinstance(block, CellModule)
        for layer in block.modules()
    }
    layers = network.weighted
    with calls(layers) as called:
        loss = F.cross_entropy(network(x), y)
    outputs = [called[layer][1] for layer in layers]
    plain = biased = 0.0
    for layer, a, da in zip(layers, outputs, gradients(loss, to=outputs), strict=True):
        a = a.detach()
        fan_in = layer.weight[0].numel()
        products, sums = (a * da, da) if a.ndim == 2 else ((a * da).sum((2, 3)), da.sum((2, 3)))
        plain += float(products.square().mean(0).sum()) / 2 * fan_in
        if isinstance(layer, nn.Conv2d) and id(layer) in inside:
            bias = torch.empty(a.shape[1]).uniform_(-(fan_in**-0.5), fan_in**-0.5, generator=draw)
            products = products + bias * sums
        biased += float(products.square().mean(0).sum()) / 2 * fan_in
    return plain, biased


def zicos(network: Network, x: torch.Tensor, y: torch.Tensor) -> list[float]:
    """Return the score, the score without the cut, and that by the spread of signed gradients."""
    weights = [layer.weight for layer in network.weighted]
    halves = zip(x.chunk(2), y.chunk(2), strict=True)
    grads = [gradients(F.cross_entropy(network(a), b), to=list(weights)) for a, b in halves]
    totals = [0.0, 0.0, 0.0]
    for first, second in zip(*grads, strict=True):
        both = torch.stack([first, second])
        for i, (spread, cut) in enumerate(((both.abs(), LEAST), (both.abs(), 0.0), (both, 0.0))):
            mean, std = both.abs().mean(0), spread.std(0, correction=0)
            varying = std > cut * mean
            ratio = (mean[varying] / std[varying]).double().sum()
            totals[i] += float(ratio.log()) if ratio > 0 else 0.0
    return totals


@cache
def frozen(images: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the minibatch that ``harness run`` draws by default."""
    drawn = minibatch(images, DATASET, 64, 0, "true")
    return drawn.images.contiguous(memory_format=torch.channels_last), drawn.labels


def scored(task: tuple[str, str]) -> tuple[float, ...]:
    """Return all five scores of one cell."""
    arch, images = task
    x, y = frozen(images)
    network = SPACE.network([arch], DATASET)
    initialise(network, seed_of(arch, 0))
    network.on("cpu")
    return *fishers(network, x, y, seed_of(arch, "bias")), *zicos(network, x, y)


def main() -> None:
    """Print how each variant ranks."""
    table = AccuracyTable.read(Path(sys.argv[1]))
    archs = sample(table)["arch"].tolist()
    with pool(4, frozen, sys.argv[2]) as executor:
        found = list(executor.map(scored, [(arch, sys.argv[2]) for arch in archs], chunksize=8))
    scores = pd.DataFrame(found, index=archs, columns=list(NAMES))
    cells = expand(table, {})
    rows = []
    for name in NAMES:
        cells[name] = cells["class"].map(scores[name])
        rows.append([name, *(str(correlation(cells, name, dataset)) for dataset in ACCURACIES)])
    sys.stdout.write(markdown(rows, ["variant", *ACCURACIES]))
    sys.stdout.write(f"\nSpearman between the two of fisher: {correlation(cells, *NAMES[:2])}\n")
    for other in NAMES[3:]:
        said = correlation(cells, "zico", other)
        sys.stdout.write(f"Spearman between zico and {other}: {said}\n")


if __name__ == "__main__":
    main()
