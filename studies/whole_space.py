"""Stored scores of functional classes with the accuracies of all their cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.catalogue import BENCHMARKS
from benchmarks.table import AccuracyName, AccuracyTable
from harness.judging.ranks import kendall, spearman
from proxies import load_all

ACCURACIES = {"cifar10": "ori-test", "cifar100": "x-test", "ImageNet16-120": "x-test"}
"""Dataset and split of each accuracy, after 200 epochs, mean over seeds."""

STORED = Path(__file__).parent / "atlas"
"""Scores by ``python -m studies.atlas collect``, a file for each set of images."""


def cells(table: AccuracyTable, *names: str) -> pd.DataFrame:
    """Return every cell whose class is scored in all the named files.

    Columns: ``arch``, ``class``, the three datasets' accuracies, what is counted, and ``NAME
    PROXY`` for every file's every score at initialisation 0, signed so that larger is better,
    missing where undefined.
    """
    space = BENCHMARKS["nats-tss"]
    found = table.candidates.rename("arch").rename_axis("index").reset_index()
    found["class"] = found["arch"].map(space.representative)
    for dataset, split in ACCURACIES.items():
        named = AccuracyName(dataset, split, 200, None)
        found[dataset] = found["index"].map(table.accuracy(named))
    cost = {arch: space.cost(arch, space.dataset("cifar10")) for arch in found["arch"]}
    found["params"] = found["arch"].map(lambda arch: float(cost[arch].params))
    found["flops"] = found["arch"].map(lambda arch: float(cost[arch].flops))
    known = load_all()
    for name in names:
        scores = pd.read_parquet(STORED / f"{name}.parquet")
        first = scores[scores["seed"] == 0].drop(columns="seed").set_index("subject")
        found = found[found["class"].isin(first.index[first["snip"].notna()])].copy()
        for proxy in first:
            sign = 1 if known[str(proxy)].larger_is_better else -1
            found[f"{name} {proxy}"] = found["class"].map(first[proxy] * sign)
    return found


def correlation(found: pd.DataFrame, x: str, y: str, statistic: str = "spearman") -> float:
    """Return rho, ``kendall``'s tau-b or ``pearson``'s r; rows that lack either are left out."""
    kept = found.dropna(subset=[x, y])
    a, b = (kept[name].to_numpy(float) for name in (x, y))
    if statistic == "pearson":
        return float(np.corrcoef(a, b)[0, 1])
    return (kendall if statistic == "kendall" else spearman)(a, b).value


def number(value: float) -> str:
    """Return a correlation to three decimals, without the leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1).replace("-", "−")


def markdown(rows: list[list[str]], header: list[str]) -> str:
    """Return a Markdown table, first column to the left."""
    lines = ["| " + " | ".join(header) + " |", "|:--|" + "--:|" * (len(header) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"
