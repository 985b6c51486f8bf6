"""NASI's claims, tested: ``python -m studies.nasi FIGURE``.

Reads the stored scores of all cells on CIFAR-10 images and on noise; and those with random labels,
on CIFAR-100 images, and of the exact trace, which are known of the classes that ``DRAWN`` draws:
what is said of these is weighted for the whole space, with half the length of its 95 % interval.
Prints two tables and draws one figure.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.atlases.names import atlases
from harness.atlases.stored import read
from harness.judging.ranks import kendall, spearman
from harness.judging.uncertainty import Z
from harness.options.run_settings import plan_from
from harness.runs.candidates import chosen_cells, design
from harness.runs.designs import Design
from harness.scoring.flow import truth
from reports.style import PROXY_COLOUR, STYLE
from studies import arguments
from studies.whole_space import ACCURACIES, cells, correlation, markdown, number, stored_of

WHOLE = ("cifar10", "noise")
"""Images whose scores are of all cells."""

DRAWN = "stratified:1200"

EXACT, EXACT_OF_NOISE = "exact trace", "exact trace of noise"
PARTLY = {
    EXACT: ("cifar10", "ntk_trace"),
    EXACT_OF_NOISE: ("noise", "ntk_trace"),
    "random_labels nasi": ("random_labels", "nasi"),
    "random_labels nasi_sum": ("random_labels", "nasi_sum"),
    "cifar100 nasi": ("cifar100", "nasi"),
}
"""Scores of the drawn classes, by the file and the proxy that they are stored as.

What is not stored is left out.
"""


def both(proxy: str) -> tuple[str, str]:
    """Return the columns of a proxy's scores on CIFAR-10 images and on noise."""
    return f"cifar10 {proxy}", f"noise {proxy}"


CLAIMS = [
    ("label-agnostic: true and random labels", "cifar10 nasi", "random_labels nasi"),
    ("the same, summed over images", "cifar10 nasi_sum", "random_labels nasi_sum"),
    ("data-agnostic: CIFAR-10 and noise", *both("nasi")),
    ("the same, summed over images", *both("nasi_sum")),
    ("the same, exact trace", EXACT, EXACT_OF_NOISE),
    ("the same, estimate of the trace by random signs", *both("ntk_trace_probe")),
    ("the same, true class's logit (HNAS)", *both("hnas_trace")),
    ("the same, held statistics (KNAS)", *both("knas")),
    ("data-agnostic: CIFAR-10 and CIFAR-100", "cifar10 nasi", "cifar100 nasi"),
    ("estimate and exact trace", "cifar10 nasi", EXACT),
    ("sum over images and exact trace", "cifar10 nasi_sum", EXACT),
    ("true class's logit (HNAS) and exact trace", "cifar10 hnas_trace", EXACT),
    ("held and minibatch statistics (KNAS)", "cifar10 nasi", "cifar10 knas"),
    ("norm of the same gradient by layers", "cifar10 nasi", "cifar10 grad_norm"),
]

JUDGED = [
    ("nasi, CIFAR-10 images", "cifar10 nasi"),
    ("nasi, random labels", "random_labels nasi"),
    ("nasi, noise", "noise nasi"),
    ("nasi, CIFAR-100 images", "cifar100 nasi"),
    ("nasi_sum, CIFAR-10 images", "cifar10 nasi_sum"),
    ("nasi_sum, noise", "noise nasi_sum"),
    ("ntk_trace, CIFAR-10 images", EXACT),
    ("ntk_trace, noise", EXACT_OF_NOISE),
    ("hnas_trace, CIFAR-10 images", "cifar10 hnas_trace"),
    ("hnas_trace, noise", "noise hnas_trace"),
    ("knas, CIFAR-10 images", "cifar10 knas"),
    ("knas, noise", "noise knas"),
    ("*params*", "params"),
    ("*live_params*", "cifar10 live_params"),
]


@cache
def drawn() -> tuple[pd.Index, Design]:
    """Return the indices of the cells of the drawn classes, and their design."""
    plan = plan_from({"benchmark": "nats-tss", "images": "noise", "cells": DRAWN})
    table = truth(plan, 1)
    chosen = chosen_cells(plan, table)
    return pd.Index(chosen["index"]), design(plan, table, chosen)


def half(rows: pd.DataFrame, how: Design, x: str, y: str, statistic: str) -> float:
    """Return half the length of the 95 % interval of a correlation of drawn cells."""
    columns = (rows[name].to_numpy(float) for name in (x, y, "weight"))
    influence = (kendall if statistic == "kendall" else spearman)(*columns).influence
    parts = how.contributions(influence, pd.Index(rows["index"]), rows["class"])
    return Z * float(np.sqrt((parts**2).sum()))


def entry(population: pd.DataFrame, x: str, y: str, statistic: str) -> str:
    """Return a correlation over all cells; of drawn ones with half their interval's length."""
    if x not in PARTLY and y not in PARTLY:
        return number(correlation(population, x, y, statistic))
    index, how = drawn()
    rows = population.set_index("index").loc[index].reset_index().assign(weight=how.weights(index))
    value = number(correlation(rows, x, y, statistic))
    if statistic == "pearson":
        return value
    return f"{value} ± {number(half(rows, how, x, y, statistic))}"


def draw(population: pd.DataFrame, path: Path) -> None:
    """Draw what agrees above, and what it is worth below."""
    classes = population.drop_duplicates("class")
    panels = [
        ("cifar10 nasi", "noise nasi", "nasi, CIFAR-10", "nasi, Gaussian noise"),
        ("cifar10 nasi_sum", "noise nasi_sum", "nasi_sum, CIFAR-10", "nasi_sum, noise"),
        (EXACT, "cifar10 nasi", "exact trace", "nasi (one backward)"),
        *(("cifar10 nasi", name, "nasi, CIFAR-10", f"{name} (%)") for name in ACCURACIES),
    ]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 4.6), layout="constrained")
        for axes, (x, y, below, beside) in zip(figure.subplots(2, 3).flat, panels, strict=True):
            scatter(axes, classes.dropna(subset=[x, y]), x, y)
            axes.set_xlabel(below)
            axes.set_ylabel(beside)
            value = entry(population, x, y, "spearman").partition(" ")[0]
            axes.set_title(f"ρ = {value}", loc="right", fontsize=8)
        figure.savefig(path.with_suffix(".png"), dpi=200)
        figure.savefig(path.with_suffix(".svg"), dpi=150, metadata={"Date": None})


def scatter(axes: Axes, classes: pd.DataFrame, x: str, y: str) -> None:
    """Draw one point a class; traces on logarithmic axes."""
    # the disconnected class is far left
    kept = classes[classes[x] > np.quantile(classes[x], 0.002)]
    drawn_as = {"s": 4, "alpha": 0.2, "linewidths": 0, "rasterized": True}
    axes.scatter(kept[x], kept[y], color=PROXY_COLOUR, **drawn_as)
    axes.set_xscale("log")
    if y not in ACCURACIES:
        axes.set_yscale("log")


def main() -> None:
    """Print the two tables and draw the figure."""
    (figure,) = arguments(__doc__, "FIGURE")
    population = cells(*WHOLE)
    there = {
        name: (images, proxy)
        for name, (images, proxy) in PARTLY.items()
        if f"nats-tss_{images}" in atlases() and proxy in read(f"nats-tss_{images}").columns
    }
    columns = {name: stored_of(population, *stored) for name, stored in there.items()}
    population = population.assign(**columns)
    statistics = ("spearman", "pearson", "kendall")
    rows = [
        [what, *(entry(population, x, y, statistic) for statistic in statistics)]
        for what, x, y in CLAIMS
        if x in population and y in population
    ]
    sys.stdout.write(f"{len(population)} cells\n\n")
    sys.stdout.write(markdown(rows, ["claim", "Spearman", "Pearson", "τ-b"]) + "\n")
    pairs = [(name, statistic) for name in ACCURACIES for statistic in ("spearman", "kendall")]
    rows = [
        [what, *(entry(population, x, name, statistic) for name, statistic in pairs)]
        for what, x in JUDGED
        if x in population
    ]
    header = ["score", *(text for name in ACCURACIES for text in (f"{name} ρ", "τ-b"))]
    sys.stdout.write(markdown(rows, header))
    draw(population, Path(figure))


if __name__ == "__main__":
    main()
