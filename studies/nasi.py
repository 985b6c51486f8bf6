"""NASI's claims, tested: ``python -m studies.nasi FIGURE``.

Reads the stored scores of functional classes on CIFAR-10 images with true and with random labels,
on noise, and on CIFAR-100 images. Prints two tables and draws one figure.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.style import PROXY_COLOUR, STYLE
from studies.whole_space import ACCURACIES, cells, correlation, markdown, number

FILES = ("cifar10", "random_labels", "noise", "cifar100")

CLAIMS = [
    ("label-agnostic: true and random labels", "cifar10 nasi", "random_labels nasi"),
    ("the same, summed over images", "cifar10 nasi_sum", "random_labels nasi_sum"),
    ("data-agnostic: CIFAR-10 and noise", "cifar10 nasi", "noise nasi"),
    ("the same, exact trace", "cifar10 ntk_trace", "noise ntk_trace"),
    ("data-agnostic: CIFAR-10 and CIFAR-100", "cifar10 nasi", "cifar100 nasi"),
    ("estimate and exact trace", "cifar10 nasi", "cifar10 ntk_trace"),
    ("sum over images and exact trace", "cifar10 nasi_sum", "cifar10 ntk_trace"),
    ("true class's logit (HNAS) and exact trace", "cifar10 hnas_trace", "cifar10 ntk_trace"),
    ("held and minibatch statistics (KNAS)", "cifar10 nasi", "cifar10 knas"),
    ("norm of the same gradient by layers", "cifar10 nasi", "cifar10 grad_norm"),
]

JUDGED = [
    ("nasi, CIFAR-10 images", "cifar10 nasi"),
    ("nasi, random labels", "random_labels nasi"),
    ("nasi, noise", "noise nasi"),
    ("nasi, CIFAR-100 images", "cifar100 nasi"),
    ("ntk_trace, CIFAR-10 images", "cifar10 ntk_trace"),
    ("ntk_trace, noise", "noise ntk_trace"),
    ("*params*", "params"),
    ("*live_params*", "cifar10 live_params"),
]


def draw(found: pd.DataFrame, path: Path) -> None:
    """Draw what agrees above, and what it is worth below."""
    classes = found.drop_duplicates("class")
    panels = [
        ("cifar10 nasi", "random_labels nasi", "nasi, true labels", "nasi, random labels"),
        ("cifar10 nasi", "noise nasi", "nasi, CIFAR-10", "nasi, Gaussian noise"),
        ("cifar10 ntk_trace", "cifar10 nasi", "exact trace", "nasi (one backward)"),
        *(("cifar10 nasi", name, "nasi, CIFAR-10", f"accuracy (%), {name}") for name in ACCURACIES),
    ]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 4.6), layout="constrained")
        for axes, (x, y, below, beside) in zip(figure.subplots(2, 3).flat, panels, strict=True):
            scatter(axes, classes, x, y)
            axes.set_xlabel(below)
            axes.set_ylabel(beside)
            axes.set_title(f"ρ = {number(correlation(found, x, y))}", loc="right", fontsize=8)
        figure.savefig(path.with_suffix(".png"), dpi=200)
        figure.savefig(path.with_suffix(".svg"), dpi=150, metadata={"Date": None})


def scatter(axes: Axes, classes: pd.DataFrame, x: str, y: str) -> None:
    """Draw one point a class; traces on logarithmic axes."""
    kept = classes[
        classes[x] > np.quantile(classes[x], 0.002)
    ]  # the disconnected class is far left
    axes.scatter(kept[x], kept[y], s=5, alpha=0.35, linewidths=0, color=PROXY_COLOUR)
    axes.set_xscale("log")
    if "accuracy" not in y and y not in ACCURACIES:
        axes.set_yscale("log")


def main() -> None:
    """Print the two tables and draw the figure."""
    found = cells(*FILES)
    statistics = ("spearman", "pearson", "kendall")
    rows = [
        [what, *(number(correlation(found, x, y, statistic)) for statistic in statistics)]
        for what, x, y in CLAIMS
    ]
    sys.stdout.write(f"{len(found)} cells\n\n")
    sys.stdout.write(markdown(rows, ["claim", "Spearman", "Pearson", "τ-b"]) + "\n")
    pairs = [(name, statistic) for name in ACCURACIES for statistic in ("spearman", "kendall")]
    rows = [
        [what, *(number(correlation(found, x, name, statistic)) for name, statistic in pairs)]
        for what, x in JUDGED
    ]
    header = ["score", *(text for name in ACCURACIES for text in (f"{name} ρ", "τ-b"))]
    sys.stdout.write(markdown(rows, header))
    draw(found, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
