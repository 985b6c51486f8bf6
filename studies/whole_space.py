"""Stored scores with the accuracies of all cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.nasbench201.builtin import TABLE
from harness.atlases.stored import AtlasColumn, read
from harness.judging.ranks import kendall, spearman
from harness.judging.whole_space import combinations_of
from proxies import load_all
from reports.markup import pipes

ACCURACIES = {"cifar10": "ori-test", "cifar100": "x-test", "ImageNet16-120": "x-test"}
"""Dataset and split of each accuracy, after 200 epochs, mean over seeds."""


def cells(*names: str) -> pd.DataFrame:
    """Return every cell whose class is scored in all the named files.

    Columns: ``arch``, ``class``, the three datasets' accuracies, what is counted, and ``IMAGES
    PROXY`` for every score at initialisation 0 on those images, signed so that larger is better,
    missing where undefined; ``IMAGES PROXY@SEED`` for other initialisations.

    Args:
        names: atlases of the space, named by their images.
    """
    space, table = BENCHMARKS["nats-tss"], TABLE.accuracies()
    population = table.candidates.rename("arch").rename_axis("index").reset_index()
    population["class"] = population["arch"].map(space.representative)
    for dataset, split in ACCURACIES.items():
        named = AccuracyName(dataset, split, 200, None)
        population[dataset] = population["index"].map(table.accuracy(named))
    cost = {arch: space.cost(arch, space.dataset("cifar10")) for arch in population["arch"]}
    population["params"] = population["arch"].map(lambda arch: float(cost[arch].params))
    population["flops"] = population["arch"].map(lambda arch: float(cost[arch].flops))
    known = load_all()
    for name in names:
        columns = read(f"nats-tss_{name}").columns
        scored = columns["nasi"].values.xs(0, level="seed").index
        population = population[population["class"].isin(scored)].copy()
        columns = {name: column for name, column in columns.items() if _covers(column, population)}
        made = {}
        for proxy, column in columns.items():
            subjects = population["arch" if column.of_cell else "class"]
            sign = 1 if known[proxy].larger_is_better else -1
            for seed in column.seeds:
                values = column.values.xs(seed, level="seed") * sign
                own = f"{name} {proxy}" + (f"@{seed}" if seed else "")
                made[own] = subjects.map(values)
        population = pd.concat([population, pd.DataFrame(made)], axis=1)
        first = population[[f"{name} {proxy}" for proxy in columns]]
        combined = combinations_of(first.set_axis(list(columns), axis=1))
        population = pd.concat([population, combined.add_prefix(f"{name} ")], axis=1)
    return population


def stored_of(population: pd.DataFrame, images: str, proxy: str) -> pd.Series:
    """Return a score at initialisation 0, missing for cells that it is not known of or undefined.

    For scores that were made of a part of the space.
    """
    column, known = read(f"nats-tss_{images}").columns[proxy], load_all()[proxy]
    values = column.values.xs(0, level="seed") * (1 if known.larger_is_better else -1)
    return population["arch" if column.of_cell else "class"].map(values)


def _covers(column: AtlasColumn, population: pd.DataFrame) -> bool:
    """Whether a score is known of every cell: a part would speak for another population."""
    scored = column.values.xs(0, level="seed").index
    return bool(population["arch" if column.of_cell else "class"].isin(scored).all())


def correlation(population: pd.DataFrame, x: str, y: str, statistic: str = "spearman") -> float:
    """Return rho, ``kendall``'s tau-b or ``pearson``'s r; rows that lack either are left out.

    Of cells that were drawn, the column ``weight`` says what each stands for.
    """
    kept = population.dropna(subset=[x, y])
    a, b = (kept[name].to_numpy(float) for name in (x, y))
    weights = kept["weight"].to_numpy(float) if "weight" in kept else None
    if statistic == "pearson":
        covariances = np.cov(a, b, aweights=weights)
        return float(covariances[0, 1] / np.sqrt(covariances[0, 0] * covariances[1, 1]))
    return (kendall if statistic == "kendall" else spearman)(a, b, weights).value


def number(value: float, digits: int = 3) -> str:
    """Return a correlation with so many decimals, without the leading zero."""
    return f"{value:.{digits}f}".replace("0.", ".", 1).replace("-", "−")


def markdown(rows: list[list[str]], header: list[str]) -> str:
    """Return a Markdown table, first column to the left."""
    return "\n".join(pipes(header, rows)) + "\n"
