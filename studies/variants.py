"""Definitions that differ between paper and code: ``python -m studies.variants IMAGES``.

*fisher* on the network of the released code, whose cells keep every convolution of their string,
with biases. Where nothing reaches a convolution it puts out its bias, a constant: normalisation
finds variance 0 and multiplies the gradient by 1 / sqrt(epsilon), so that activation times gradient
is large there. Such cells are built from their strings; the others have their class's score. *zico*
without our cut, as the paper writes it, and with the deviation of signed gradients, as its code
computes it, on cells drawn one by one.
"""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.catalogue import BENCHMARKS
from benchmarks.images import minibatch
from benchmarks.layers import Convolution
from benchmarks.nasbench201.blocks import CellModule
from benchmarks.nasbench201.cell import EDGES, Cell
from benchmarks.network import Network, initialise
from benchmarks.processes import Pool
from benchmarks.progress import progress
from harness.passes.hooks import calls, gradients
from harness.scoring.networks import seed_of
from proxies.zico import LEAST
from studies import arguments
from studies.whole_space import ACCURACIES, cells, correlation, markdown, number

SPACE = BENCHMARKS["nats-tss"]
DATASET = SPACE.dataset("cifar10")
PUBLISHED = (0.360, 0.385, 0.327)
"""Of fisher, Abdelfattah et al., ICLR 2021."""

DRAWN, CONTROLS, AGAIN = 400, 40, 300
"""Cells for the variants of zico, cells without such a convolution as a control, and cells with one
that are built a second time, from other initial weights and biases.
"""

TABLES = 25
"""Tables of the space in which each of those has one of its two scores."""


def silent(arch: str) -> bool:
    """Whether a cell holds a convolution that nothing reaches, and that reaches the output."""
    operations = dict(zip(EDGES, Cell.parse(arch).operations, strict=True))
    edges = sorted(edge for edge, operation in operations.items() if operation != "none")
    reached, leading = {0}, {3}
    for source, target in edges:
        if source in reached:
            reached.add(target)
    for source, target in reversed(edges):
        if target in leading:
            leading.add(source)
    return any(
        source not in reached and target in leading and "conv" in operations[source, target]
        for source, target in edges
    )


def reference(arch: str, images: str, seed: int = 0) -> float:
    """Return fisher of a cell's own network with all operations and with biases in the cells."""
    x, y = frozen(images)
    network: Network = SPACE.network([arch], DATASET, "written")  # type: ignore[assignment]
    initialise(network, seed_of(SPACE.representative(arch), seed))
    draw = torch.Generator().manual_seed(seed_of(arch, f"bias{seed or ''}"))
    for block in network.body:
        for layer in block.modules() if isinstance(block, CellModule) else ():
            if isinstance(layer, Convolution):
                limit = layer.weight[0].numel() ** -0.5
                bias = torch.empty(len(layer.weight)).uniform_(-limit, limit, generator=draw)
                layer.bias = nn.Parameter(bias)
    layers = network.on("cpu").weighted
    with calls(layers) as called:
        loss = F.cross_entropy(network(x), y)
    outputs = [called[layer][1] for layer in layers]
    total = 0.0
    for layer, a, da in zip(layers, outputs, gradients(loss, to=outputs), strict=True):
        products = a.detach() * da
        sums = products if products.ndim == 2 else products.sum((2, 3))
        total += float(sums.double().square().mean(0).sum()) / 2 * layer.weight[0].numel()
    return total


def zicos(arch: str, images: str) -> list[float]:
    """Return the score, the score without the cut, and that by the spread of signed gradients."""
    x, y = frozen(images)
    network = SPACE.network([arch], DATASET)
    initialise(network, seed_of(arch, 0))
    weights = [layer.weight for layer in network.on("cpu").weighted]
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
    torch.set_num_threads(1)
    drawn = minibatch(images, DATASET, 64, 0, "true")
    return drawn.images.contiguous(memory_format=torch.channels_last), drawn.labels


def error(population: pd.DataFrame, again: pd.Series, dataset: str) -> float:
    r"""Return the error of the released network's correlation for weights and biases of its cells.

    The m cells that are built twice stand for all M that hold such a convolution. The deviation
    over :data:`TABLES` tables, in which each has one of its two scores, times
    :math:`\sqrt{2 m / M}`: two scores show half of their variance, and M cells average more than
    m that count for as many.
    """
    draw, values = np.random.default_rng(0), []
    share = len(again) / population["silent"].sum()
    kept = population[~population["silent"] | population.index.isin(again.index)]
    kept = kept.assign(weight=np.where(kept["silent"], 1 / share, 1.0))
    for _ in range(TABLES):
        other = again[draw.random(len(again)) < 0.5].reindex(kept.index)
        table = kept.assign(released=other.fillna(kept["released"]))
        values.append(correlation(table, "released", dataset))
    return float(np.std(values)) * (2 * share) ** 0.5


def _of_string(task: tuple[str, str, int]) -> float:
    return reference(*task)


def _of_class(task: tuple[str, str]) -> list[float]:
    return zicos(*task)


def second(executor: Pool, population: pd.DataFrame, images: str) -> pd.Series:
    """Return the scores of cells that are built again, by index."""
    silent_ones = population.index[population["silent"]].to_numpy()
    chosen = np.sort(np.random.default_rng(1).choice(silent_ones, AGAIN, replace=False))
    tasks = [(arch, images, 1) for arch in population.loc[chosen, "arch"]]
    made = list(progress(executor.map(_of_string, tasks), len(tasks), "cells again"))
    return pd.Series(made, chosen)


def main() -> None:
    """Print how each variant ranks."""
    (images,) = arguments(__doc__, "IMAGES")
    population = cells("cifar10").set_index("index")
    population["silent"] = population["arch"].map(silent)
    draw = np.random.default_rng(0)
    loud = draw.choice(population.index[~population["silent"]].to_numpy(), CONTROLS, replace=False)
    built = population[population["silent"] | population.index.isin(loud)]
    drawn = population.loc[np.sort(draw.choice(population.index.to_numpy(), DRAWN, replace=False))]
    with Pool(2, frozen, images) as executor:
        tasks = [(arch, images, 0) for arch in built["arch"]]
        scores = list(progress(executor.map(_of_string, tasks), len(tasks), "cells"))
        again = second(executor, population, images)
        kinds = sorted(set(drawn["class"]))
        of_class = executor.map(_of_class, [(arch, images) for arch in kinds])
        zico = pd.DataFrame(list(progress(of_class, len(kinds), "classes")), index=kinds)
    made = pd.Series(scores, built.index)
    ours = built["cifar10 fisher"]
    boost = (made / ours)[built["silent"] & (ours > 0)]
    control = (made / ours)[~built["silent"] & (ours > 0)]
    population["released"] = (
        made.where(built["silent"]).reindex(population.index).fillna(population["cifar10 fisher"])
    )
    sys.stdout.write(
        f"{len(population)} cells; {int(population['silent'].sum())} hold a convolution that "
        f"nothing reaches: the released network multiplies their score by {boost.min():.3g} to "
        f"{boost.max():.3g}, median {boost.median():.3g}; that of {len(control)} others by "
        f"{control.min():.3g} to {control.max():.3g}.\n\n"
    )
    rows = [
        [
            "fisher, live operations",
            *(number(correlation(population, "cifar10 fisher", d)) for d in ACCURACIES),
        ],
        [
            "fisher, the released network",
            *(number(correlation(population, "released", d)) for d in ACCURACIES),
        ],
        ["± initial weights", *(number(error(population, again, d)) for d in ACCURACIES)],
        ["published", *map(number, PUBLISHED)],
    ]
    sys.stdout.write(markdown(rows, ["variant", *ACCURACIES]) + "\n")
    names = ("zico", "zico, no cut", "zico, no cut, deviation of g")
    rows = []
    for i, name in enumerate(names):
        drawn = drawn.assign(**{name: drawn["class"].map(zico[i])})
        rows.append([name, *(number(correlation(drawn, name, dataset)) for dataset in ACCURACIES)])
    sys.stdout.write(markdown(rows, [f"variant, {DRAWN} cells", *ACCURACIES]))
    for name in names[1:]:
        sys.stdout.write(
            f"\nSpearman between zico and {name}: {number(correlation(drawn, 'zico', name))}\n"
        )


if __name__ == "__main__":
    main()
