"""Score against accuracy, one panel a proxy."""

from __future__ import annotations

import math
import textwrap
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from reports.findings import Findings
from reports.leaderboard import leaderboard
from reports.numbers import decimal
from reports.style import PROXY_COLOUR, literal

LINE = 36
"""Characters of a label that the narrowest panel has room for."""

DENSE = 1500
"""From this many points on, a scatter becomes hexagonal bins (faint dots on a symlog axis)."""


class Scatter(NamedTuple):
    """Score against accuracy for one proxy: finite scores only, ``missing`` counts the others.

    Where smaller scores are the better ones the axis is turned: what is better is on the right.
    """

    proxy: str
    score: np.ndarray
    accuracy: np.ndarray
    scale: str
    caption: str
    missing: int
    larger: bool = True


def scatters(findings: Findings) -> list[Scatter]:
    """Return a scatter for each proxy, in the order of the leaderboard.

    Scores that span more than a factor of 30 get a logarithmic axis where they are all positive,
    else a symmetric logarithmic one.
    """
    plots = []
    cells = findings.cells
    for row in leaderboard(findings.own):
        points = cells[cells["proxy"] == row.proxy]
        kept = points.dropna(subset="score")
        score, entry = kept["score"].to_numpy(), findings.entries.get(row.proxy)
        plots.append(
            Scatter(
                proxy=row.proxy,
                score=score,
                accuracy=kept["accuracy"].to_numpy(),
                scale=axis_scale(score),
                caption=f"τ-b {decimal(row.tau.value)}   ρ {decimal(row.of('spearman').value)}",
                missing=len(points) - len(kept),
                larger=entry.larger_is_better if entry else True,
            )
        )
    return plots


def axis_label(scale: str, larger: bool, missing: int) -> str:
    """Return what a score's axis says: how it is scaled, which end is better, what is not there."""
    words = {"log": ["log axis"], "symlog": ["symmetric log axis"]}.get(scale, [])
    words += [] if larger else ["smaller is better: axis turned"]
    words += [f"{missing} without a score"] if missing else []
    return "score" + (f" ({'; '.join(words)})" if words else "")


def linear_up_to(score: np.ndarray) -> float:
    """Return up to which magnitude a symmetric logarithmic axis is linear."""
    magnitude = np.abs(score[score != 0])
    return float(np.quantile(magnitude, 0.05)) if len(magnitude) else 1.0


def axis_scale(score: np.ndarray) -> str:
    """Return ``linear``, ``log`` or ``symlog``, by sign and by how far apart the values lie."""
    magnitude = np.abs(score[score != 0])
    if len(magnitude) == 0:
        return "linear"
    low, high = np.quantile(magnitude, [0.05, 1.0])
    if high < 30 * low:
        return "linear"
    return "log" if (score > 0).all() else "symlog"


def draw_scatter(axes: Axes, data: Scatter, accuracy_label: str) -> None:
    """Draw one scatter; hexagonal bins where the points would hide each other."""
    dense = len(data.score) >= DENSE and data.scale != "symlog"
    # titles have a height, else one is sought above all tick labels, which takes long
    axes.set_title(literal(data.proxy), loc="left", fontweight="bold", y=1.0)
    axes.set_title(data.caption, loc="right", fontsize=8, y=1.0)
    if len(data.score) == 0:
        axes.text(0.5, 0.5, "no defined score", ha="center", transform=axes.transAxes)
        axes.set_xticks([])
        axes.set_yticks([])
        return
    x = data.score
    threshold = linear_up_to(x)
    if dense:
        axes.hexbin(
            x,
            data.accuracy,
            gridsize=45,
            bins="log",
            mincnt=1,
            linewidths=0.1,
            cmap="Blues",
            xscale="log" if data.scale == "log" else "linear",
            rasterized=True,
        )
    else:
        axes.scatter(
            x,
            data.accuracy,
            s=8 if len(x) < DENSE else 3,
            alpha=0.5 if len(x) < DENSE else 0.15,
            linewidths=0,
            color=PROXY_COLOUR,
            rasterized=True,
        )
        if data.scale == "symlog":
            axes.set_xscale("symlog", linthresh=threshold)
        else:
            axes.set_xscale(data.scale)
    quiet_ticks(axes, data, threshold)
    if not data.larger:
        axes.invert_xaxis()
    axes.set_xlabel(textwrap.fill(axis_label(data.scale, data.larger, data.missing), LINE))
    axes.set_ylabel(accuracy_label)


def quiet_ticks(axes: Axes, data: Scatter, threshold: float) -> None:
    """Keep few enough ticks on the horizontal axis that their labels do not touch."""
    if data.scale == "linear":
        axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4))
        axes.ticklabel_format(axis="x", style="sci", scilimits=(-3, 4))
        return
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    if data.scale == "log":
        axes.xaxis.set_major_locator(mpl.ticker.LogLocator(numticks=5))
    else:
        axes.set_xticks(symlog_ticks(data.score.min(), data.score.max(), threshold))


def symlog_ticks(low: float, high: float, threshold: float) -> list[float]:
    """Return up to two powers of ten a side, the outermost ones that fit, and zero if it is there.

    A mark beside the data would stretch the axis to it.
    """
    sides = []
    for end in (-low, high):
        last = math.floor(math.log10(end)) if end > threshold else None
        first = math.ceil(math.log10(threshold))
        middle = first + (last - first) // 2 if last is not None else 0
        sides.append([] if last is None or last < first else sorted({middle, last}))
    negative, positive = sides
    spread = bool(negative) + bool(positive) < 2
    if not spread:
        negative, positive = negative[-1:], positive[-1:]
    zero = [0.0] if low <= 0 <= high else []
    return [-(10.0**power) for power in reversed(negative)] + zero + [10.0**p for p in positive]
