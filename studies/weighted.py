"""Rank correlations over all 15,625 cells from a sample of classes, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sample import sample

from benchmarks.catalogue import BENCHMARKS
from benchmarks.table import AccuracyName, AccuracyTable
from proxies import load_all

DRAWS = 1000
ACCURACIES = {"cifar10": "ori-test", "cifar100": "x-test", "ImageNet16-120": "x-test"}
"""Dataset and split of each accuracy, after 200 epochs, mean over seeds."""


class Estimate(NamedTuple):
    """A correlation and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        text = f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"
        return text.replace("-", "−").replace("0.", ".")


def expand(table: AccuracyTable, runs: dict[str, Path]) -> pd.DataFrame:
    """Return every cell of the sampled classes with its accuracies and its class's scores.

    Columns: ``class``, ``stratum``, ``weight`` (a class's, shared among its members; the weights
    sum to 15,625), the three datasets' accuracies, and ``RUN PROXY`` for every run's every proxy,
    signed so that larger is better, missing where undefined.
    """
    chosen = sample(table).drop(columns="index").rename(columns={"arch": "class"})
    cells = table.candidates.rename("arch").rename_axis("index").reset_index()
    cells["class"] = cells["arch"].map(BENCHMARKS["nats-tss"].representative)
    cells = cells.merge(chosen, on="class")
    cells["weight"] /= cells.pop("size")
    for dataset, split in ACCURACIES.items():
        named = AccuracyName(dataset, split, 200, None)
        cells[dataset] = cells["index"].map(table.accuracy(named))
    direction = {p.name: 1 if p.larger_is_better else -1 for p in load_all().values()}
    for run, folder in runs.items():
        scores = pd.read_parquet(folder / "scores.parquet")
        wide = scores.pivot(index="class", columns="proxy", values="score")
        for name in wide:
            cells[f"{run} {name}"] = cells["class"].map(wide[name] * direction[name])
    # what is counted belongs to the cell, not to its class
    dataset = BENCHMARKS["nats-tss"].dataset("cifar10")
    counted = cells["arch"].map(lambda arch: BENCHMARKS["nats-tss"].cost(arch, dataset).params)
    return cells.assign(params=counted)


def midranks(groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return weighted ranks; ``groups`` numbers the distinct values in ascending order."""
    mass = np.bincount(groups, weights)
    return (np.cumsum(mass) - mass / 2)[groups]


def pearson(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """Return Pearson's correlation of weighted pairs."""
    share = weights / weights.sum()
    x, y = x - share @ x, y - share @ y
    return float((share * x) @ y / np.sqrt(((share * x) @ x) * ((share * y) @ y)))


def correlation(cells: pd.DataFrame, x: str, y: str, *, ranked: bool = True) -> Estimate:
    """Return Spearman's rho (Pearson's r if not ``ranked``) of two columns over all cells.

    Rows that lack either are left out. The interval is the percentile bootstrap's over classes,
    resampled within their strata: cells of a class share one score.
    """
    kept = cells.dropna(subset=[x, y])
    weights = kept["weight"].to_numpy()
    columns = [kept[name].to_numpy(float) for name in (x, y)]
    groups = [np.unique(column, return_inverse=True)[1] for column in columns]

    def of(w: np.ndarray) -> float:
        a, b = (midranks(g, w) for g in groups) if ranked else columns
        return pearson(a, b, w)

    draw = np.random.default_rng(0)
    numbers, names = pd.factorize(kept["class"])
    strata = kept.drop_duplicates("class").set_index("class").loc[names, "stratum"].to_numpy()
    found = []
    for _ in range(DRAWS):
        times = np.zeros(len(names))
        for stratum in np.unique(strata):
            members = np.flatnonzero(strata == stratum)
            picked = draw.choice(members, size=len(members))
            times += np.bincount(picked, minlength=len(names))
        found.append(of(weights * times[numbers]))
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(of(weights), float(low), float(high))


def kendall(cells: pd.DataFrame, x: str, y: str) -> float:
    """Return Kendall's tau-b of two columns over all cells, pairs weighted."""
    kept = cells.dropna(subset=[x, y])
    weights = kept["weight"].to_numpy()
    columns = [kept[name].to_numpy(float) for name in (x, y)]
    sums = np.zeros(3)
    for i in range(0, len(kept), 500):
        a, b = (np.sign(column[i : i + 500, None] - column) for column in columns)
        pairs = weights[i : i + 500, None] * weights
        sums += [(pairs * a * b).sum(), (pairs * a * a).sum(), (pairs * b * b).sum()]
    return float(sums[0] / np.sqrt(sums[1] * sums[2]))


def markdown(rows: list[list[str]], header: list[str]) -> str:
    """Return a Markdown table, first column to the left."""
    lines = ["| " + " | ".join(header) + " |", "|:--|" + "--:|" * (len(header) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
