"""Do our proxies rank as published? ``python -m studies.agreement``.

Compares stored scores of functional classes, on CIFAR-10 images, with what was published for the
same statistic, dataset and population. A published correlation of a sample has the error of its
draw, taken from our own influences; every one has that of initial weights, which where several were
scored is the spread of our own between them. A value is marked if it lies beyond 1.96 of both
errors; where neither is known, the two stand side by side.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
import pandas as pd

from harness.judging.ranks import kendall, spearman
from harness.judging.uncertainty import Z
from studies.published import PUBLISHED, Published
from studies.whole_space import ACCURACIES, cells, correlation, markdown, number


class Agreement(NamedTuple):
    """A published value beside ours; ``error`` is that of their difference."""

    ours: float
    error: float

    def agrees(self, value: float) -> bool:
        """Whether a value lies within the error."""
        return abs(value - self.ours) <= Z * self.error + 0.0005  # what is printed is rounded


def agreement(found: pd.DataFrame, row: Published, dataset: str) -> Agreement:
    """Return our value of a published one, and the standard error of their difference."""
    column = row.proxy if row.proxy in found else f"cifar10 {row.proxy}"
    kept = found.dropna(subset=[column, dataset])
    function = kendall if row.statistic == "kendall" else spearman
    value, influence = function(kept[column].to_numpy(float), kept[dataset].to_numpy(float))
    drawn = 0.0
    if row.cells:
        share = row.cells / len(found)
        drawn = float((influence**2).sum() * len(kept) / row.cells * (1 - share))
    seeds = [name for name in found if name.startswith(f"{column}@")]
    several = [value, *(correlation(found, name, dataset, row.statistic) for name in seeds)]
    weights = 2 * float(np.var(several, ddof=1)) if len(several) > 1 else 0.0
    return Agreement(value, (drawn + weights) ** 0.5)


def main() -> None:
    """Print each published value beside ours, then all that is stored."""
    found = cells("cifar10")
    sys.stdout.write(f"{len(found)} cells of {found['class'].nunique()} functional classes\n\n")
    rows = []
    for row in PUBLISHED:
        if row.proxy not in found and f"cifar10 {row.proxy}" not in found:
            continue
        line = [
            row.proxy,
            row.source,
            str(row.cells or "all"),
            {"spearman": "ρ", "kendall": "τ"}[row.statistic],
        ]
        for dataset, value in zip(ACCURACIES, row.values, strict=True):
            if np.isnan(value):
                line += ["–", "–"]
                continue
            ours = agreement(found, row, dataset)
            mark = "" if ours.agrees(value) else " *"
            error = f" ± {number(ours.error)}{mark}" if ours.error else ""
            line += [number(value), f"{number(ours.ours)}{error}"]
        rows.append(line)
    header = ["proxy", "published in", "cells", ""]
    header += [text for dataset in ACCURACIES for text in (f"{dataset}", "here")]
    sys.stdout.write(markdown(rows, header))
    sys.stdout.write("\n* the two differ by more than their errors.\n\n")
    names = [name for name in found if name.startswith("cifar10 ") and "@" not in name]
    shown = {name.removeprefix("cifar10 "): name for name in names if found[name].nunique() > 1}
    shown |= {"params": "params"}
    values = {n: [correlation(found, c, d) for d in ACCURACIES] for n, c in shown.items()}
    order = sorted(values, key=lambda name: -values[name][0])
    body = [[name, *map(number, values[name])] for name in order]
    sys.stdout.write(markdown(body, ["proxy, on CIFAR-10 images", *ACCURACIES]))


if __name__ == "__main__":
    main()
