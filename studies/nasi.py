"""NASI's claims, tested: ``python -m studies.nasi FIGURE``.

Reads the stored scores of all cells on CIFAR-10 images with true and with random labels, on noise,
and on CIFAR-100 images; and the exact trace, which is known of the classes that ``DRAWN`` draws:
what is said of it is weighted for the whole space, with half the length of its 95 % interval.
Prints two tables and draws one figure.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from harness.drawing.designs import Design
from harness.drawing.planned import chosen_cells, design
from harness.judging.ranks import kendall, spearman
from harness.judging.uncertainty import Z
from harness.plans.settings import plan_from
from harness.scoring.flow import truth
from reports.style import PROXY_COLOUR, STYLE
from studies.whole_space import ACCURACIES, cells, correlation, markdown, number, stored_of

FILES = ("cifar10", "random_labels", "noise", "cifar100")

DRAWN = "stratified:1200"

EXACT = "exact trace"

CLAIMS = [
    ("label-agnostic: true and random labels", "cifar10 nasi", "random_labels nasi"),
    ("the same, summed over images", "cifar10 nasi_sum", "random_labels nasi_sum"),
    ("data-agnostic: CIFAR-10 and noise", "cifar10 nasi", "noise nasi"),
    ("the same, summed over images", "cifar10 nasi_sum", "noise nasi_sum"),
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
    ("*params*", "params"),
    ("*live_params*", "cifar10 live_params"),
]


def drawn(found: pd.DataFrame) -> tuple[pd.DataFrame, Design]:
    """Return the cells that have an exact trace, with what each stands for, and their design."""
    plan = plan_from({"benchmark": "nats-tss", "images": "noise", "cells": DRAWN})
    table = truth(plan, 1)
    chosen = chosen_cells(plan, table)
    how = design(plan, table, chosen)
    index = pd.Index(chosen["index"])
    kept = found.set_index("index").loc[index].reset_index()
    return kept.assign(weight=how.weights(index)), how


def half(rows: pd.DataFrame, how: Design, x: str, y: str, statistic: str) -> float:
    """Return half the length of the 95 % interval of a correlation of drawn cells."""
    columns = (rows[name].to_numpy(float) for name in (x, y, "weight"))
    influence = (kendall if statistic == "kendall" else spearman)(*columns).influence
    parts = how.contributions(influence, pd.Index(rows["index"]), rows["class"])
    return Z * float(np.sqrt((parts**2).sum()))


def entry(found: pd.DataFrame, x: str, y: str, statistic: str) -> str:
    """Return a correlation over all cells, of the exact trace with its interval's half length."""
    if EXACT not in (x, y):
        return number(correlation(found, x, y, statistic))
    rows, how = drawn(found)
    value = number(correlation(rows, x, y, statistic))
    return (
        value if statistic == "pearson" else f"{value} ± {number(half(rows, how, x, y, statistic))}"
    )


def draw(found: pd.DataFrame, path: Path) -> None:
    """Draw what agrees above, and what it is worth below."""
    classes = found.drop_duplicates("class")
    panels = [
        ("cifar10 nasi", "random_labels nasi", "nasi, true labels", "nasi, random labels"),
        ("cifar10 nasi", "noise nasi", "nasi, CIFAR-10", "nasi, Gaussian noise"),
        (EXACT, "cifar10 nasi", "exact trace", "nasi (one backward)"),
        *(("cifar10 nasi", name, "nasi, CIFAR-10", f"accuracy (%), {name}") for name in ACCURACIES),
    ]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 4.6), layout="constrained")
        for axes, (x, y, below, beside) in zip(figure.subplots(2, 3).flat, panels, strict=True):
            scatter(axes, classes.dropna(subset=[x, y]), x, y)
            axes.set_xlabel(below)
            axes.set_ylabel(beside)
            value = entry(found, x, y, "spearman").partition(" ")[0]
            axes.set_title(f"ρ = {value}", loc="right", fontsize=8)
        figure.savefig(path.with_suffix(".png"), dpi=200)
        figure.savefig(path.with_suffix(".svg"), dpi=150, metadata={"Date": None})


def scatter(axes: Axes, classes: pd.DataFrame, x: str, y: str) -> None:
    """Draw one point a class; traces on logarithmic axes."""
    # the disconnected class is far left
    kept = classes[classes[x] > np.quantile(classes[x], 0.002)]
    axes.scatter(kept[x], kept[y], s=4, alpha=0.2, linewidths=0, color=PROXY_COLOUR)
    axes.set_xscale("log")
    if y not in ACCURACIES:
        axes.set_yscale("log")


def main() -> None:
    """Print the two tables and draw the figure."""
    found = cells(*FILES)
    found[EXACT] = stored_of(found, "cifar10", "ntk_trace")
    statistics = ("spearman", "pearson", "kendall")
    rows = [
        [what, *(entry(found, x, y, statistic) for statistic in statistics)]
        for what, x, y in CLAIMS
    ]
    sys.stdout.write(f"{len(found)} cells\n\n")
    sys.stdout.write(markdown(rows, ["claim", "Spearman", "Pearson", "τ-b"]) + "\n")
    pairs = [(name, statistic) for name in ACCURACIES for statistic in ("spearman", "kendall")]
    rows = [
        [what, *(entry(found, x, name, statistic) for name, statistic in pairs)]
        for what, x in JUDGED
    ]
    header = ["score", *(text for name in ACCURACIES for text in (f"{name} ρ", "τ-b"))]
    sys.stdout.write(markdown(rows, header))
    draw(found, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
