"""Do our proxies rank as published? ``python -m studies.agreement``.

Compares stored scores of functional classes, on CIFAR-10 images, with what was published for the
same statistic, dataset and population. Two errors are known. A published correlation of a sample
has that of its draw, taken from our own influences. Every correlation has that of initial weights,
the published one as much as ours: see :mod:`studies.redrawn`. A value is marked if it lies beyond
1.96 of both.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
import pandas as pd

from harness.judging.ranks import kendall, spearman
from harness.judging.uncertainty import Z
from studies.published import PUBLISHED, Published
from studies.redrawn import Wanted, column_of, errors
from studies.whole_space import ACCURACIES, cells, correlation, markdown, number


class Agreement(NamedTuple):
    """Our value, and the standard error of a published one's difference from it."""

    ours: float
    error: float

    def agrees(self, value: float, digits: int) -> bool:
        """Whether a published value lies within the error, and the rounding of both prints."""
        rounding = (10**-digits + 10**-3) / 2
        return abs(value - self.ours) <= Z * np.nan_to_num(self.error) + rounding


def agreement(population: pd.DataFrame, row: Published, dataset: str, weights: float) -> Agreement:
    """Return our value of a published one, and the standard error of their difference.

    Args:
        population: all cells.
        row: what was published.
        dataset: one of its datasets.
        weights: error of our correlation for its initial weights, NaN where that is not known.
    """
    column = column_of(row.proxy)
    kept = population.dropna(subset=[column, dataset])
    function = kendall if row.statistic == "kendall" else spearman
    value, influence = function(kept[column].to_numpy(float), kept[dataset].to_numpy(float))
    if not row.cells:
        return Agreement(value, 2**0.5 * weights)
    share = row.cells / len(population)
    drawn = float((influence**2).sum() * len(kept) / row.cells * (1 - share))
    # cells that are drawn vary with their own initial weights already
    return Agreement(value, (drawn + np.nan_to_num(weights) ** 2) ** 0.5)


def compared(population: pd.DataFrame, error: dict[Wanted, float]) -> str:
    """Return the table of each published value beside ours."""
    rows = []
    for row in PUBLISHED:
        if column_of(row.proxy) not in population:
            continue
        sign = {"spearman": "ρ", "kendall": "τ"}[row.statistic]
        line = [row.proxy, row.source, str(row.cells or "all"), sign]
        for dataset, value in zip(ACCURACIES, row.values, strict=True):
            if np.isnan(value):
                line += ["–", "–"]
                continue
            weights = error.get((row.proxy, row.statistic, dataset), float("nan"))
            ours = agreement(population, row, dataset, weights)
            mark = "" if ours.agrees(value, row.digits) else " *"
            line += [number(value, row.digits), plus_minus(ours.ours, ours.error) + mark]
        rows.append(line)
    header = ["proxy", "published in", "cells", ""]
    return markdown(rows, header + [text for name in ACCURACIES for text in (name, "here")])


def plus_minus(value: float, error: float) -> str:
    """Return a correlation with its error, where one is known."""
    return f"{number(value)} ± {number(error)}" if error >= 0 else number(value)


def main() -> None:
    """Print each published value beside ours, then all that is stored."""
    population = cells("cifar10")
    names = [name for name in population if name.startswith("cifar10 ") and "@" not in name]
    ours = [name.removeprefix("cifar10 ") for name in names if population[name].nunique() > 1]
    ours.append("params")
    wanted = {(row.proxy, row.statistic) for row in PUBLISHED} | {(p, "spearman") for p in ours}
    error = errors(population, {(p, s) for p, s in wanted if column_of(p) in population})
    classes = population["class"].nunique()
    sys.stdout.write(f"{len(population)} cells of {classes} functional classes\n\n")
    sys.stdout.write(compared(population, error))
    sys.stdout.write("\n* the two differ by more than their errors.\n\n")
    values = {p: [correlation(population, column_of(p), name) for name in ACCURACIES] for p in ours}
    body = []
    for proxy in sorted(values, key=lambda proxy: -values[proxy][0]):
        known = [error.get((proxy, "spearman", name), float("nan")) for name in ACCURACIES]
        body.append([proxy, *map(plus_minus, values[proxy], known)])
    sys.stdout.write(markdown(body, ["proxy, on CIFAR-10 images", *ACCURACIES]))


if __name__ == "__main__":
    main()
