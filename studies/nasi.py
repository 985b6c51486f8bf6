"""NASI's claims, tested: ``python studies/nasi.py TABLE RUNS FIGURE``.

RUNS holds run folders over the cells of ``sample.py``: ``images`` (CIFAR-10, true labels),
``random_labels``, ``noise`` and ``cifar100``. Prints two tables and draws one figure.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from weighted import ACCURACIES, correlation, expand, kendall, markdown

from benchmarks.table import AccuracyTable
from reports.style import PROXY_COLOUR, STYLE

RUNS = ("images", "random_labels", "noise", "cifar100")

CLAIMS = [
    ("label-agnostic: true and random labels", "images nasi", "random_labels nasi"),
    ("the same, summed over images", "images nasi_sum", "random_labels nasi_sum"),
    ("data-agnostic: CIFAR-10 and noise", "images nasi", "noise nasi"),
    ("the same, exact trace", "images ntk_trace", "noise ntk_trace"),
    ("data-agnostic: CIFAR-10 and CIFAR-100", "images nasi", "cifar100 nasi"),
    ("estimate and exact trace", "images nasi", "images ntk_trace"),
    ("sum over images and exact trace", "images nasi_sum", "images ntk_trace"),
    ("true class's logit (HNAS) and exact trace", "images hnas_trace", "images ntk_trace"),
    ("held and minibatch statistics (KNAS)", "images nasi", "images knas"),
    ("norm of the same gradient by layers", "images nasi", "images grad_norm"),
]

JUDGED = [
    ("nasi, CIFAR-10 images", "images nasi"),
    ("nasi, random labels", "random_labels nasi"),
    ("nasi, noise", "noise nasi"),
    ("nasi, CIFAR-100 images", "cifar100 nasi"),
    ("ntk_trace, CIFAR-10 images", "images ntk_trace"),
    ("ntk_trace, noise", "noise ntk_trace"),
    ("*params*", "params"),
    ("*live_params*", "images live_params"),
]


def number(value: float) -> str:
    """Return a correlation to three decimals, without the leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1).replace("-", "−")


def draw(cells: pd.DataFrame, path: Path) -> None:
    """Draw what agrees above, and what it is worth below."""
    classes = cells.drop_duplicates("class")
    panels = [
        ("images nasi", "random_labels nasi", "nasi, true labels", "nasi, random labels"),
        ("images nasi", "noise nasi", "nasi, CIFAR-10", "nasi, Gaussian noise"),
        ("images ntk_trace", "images nasi", "exact trace", "nasi (one backward)"),
        *(("images nasi", name, "nasi, CIFAR-10", f"accuracy (%), {name}") for name in ACCURACIES),
    ]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 4.6), layout="constrained")
        for axes, (x, y, below, beside) in zip(figure.subplots(2, 3).flat, panels, strict=True):
            scatter(axes, classes, x, y)
            axes.set_xlabel(below)
            axes.set_ylabel(beside)
            axes.set_title(f"ρ = {number(correlation(cells, x, y).value)}", loc="right", fontsize=8)
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
    table = AccuracyTable.read(Path(sys.argv[1]))
    cells = expand(table, {run: Path(sys.argv[2]) / run for run in RUNS})
    rows = [
        [
            what,
            str(correlation(cells, x, y)),
            str(correlation(cells, x, y, ranked=False)),
            number(kendall(cells, x, y)),
        ]
        for what, x, y in CLAIMS
    ]
    sys.stdout.write(markdown(rows, ["claim", "Spearman", "Pearson", "τ-b"]) + "\n")
    rows = []
    for what, x in JUDGED:
        row = [what]
        for name in ACCURACIES:
            row += [str(correlation(cells, x, name)), number(kendall(cells, x, name))]
        rows.append(row)
    header = ["score", *(text for name in ACCURACIES for text in (f"{name} ρ", "τ-b"))]
    sys.stdout.write(markdown(rows, header))
    draw(cells, Path(sys.argv[3]))


if __name__ == "__main__":
    main()
