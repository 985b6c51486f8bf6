"""Figures: what each shows is computed first, drawing is a thin layer over it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.rows import Correlation
from reports.tables import decimal, leaderboard

DENSE = 1500
"""From this many points on, a scatter becomes hexagonal bins (faint dots on a symlog axis)."""

PROXY_COLOUR, TRIVIAL_COLOUR = "#2b6cb0", "#a0aec0"

STYLE = {
    **sns.axes_style("whitegrid"),
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "svg.hashsalt": "nas-proxy-harness",
    "grid.color": "#e2e8f0",
    "axes.edgecolor": "#a0aec0",
}


class Scatter(NamedTuple):
    """Score against accuracy for one proxy: finite scores only, ``missing`` counts the others."""

    proxy: str
    score: np.ndarray
    accuracy: np.ndarray
    scale: str
    caption: str
    missing: int


class Bars(NamedTuple):
    """One bar a proxy and statistic, over all cells, best Kendall first."""

    proxies: list[str]
    kendall: np.ndarray
    spearman: np.ndarray
    trivial: list[bool]


def scatters(cells: pd.DataFrame, rows: Sequence[Correlation]) -> list[Scatter]:
    """Return a scatter for each proxy, in the order of the leaderboard.

    Scores that span more than a factor of 30 get a logarithmic axis where they are all positive,
    else a symmetric logarithmic one.
    """
    found = []
    for _, row in leaderboard(rows).iterrows():
        points = cells[cells["proxy"] == row["proxy"]]
        kept = points.dropna(subset="score")
        score = kept["score"].to_numpy()
        found.append(
            Scatter(
                proxy=str(row["proxy"]),
                score=score,
                accuracy=kept["accuracy"].to_numpy(),
                scale=axis_scale(score),
                caption=f"τ-b {decimal(row['kendall all'])}   ρ {decimal(row['spearman all'])}",
                missing=len(points) - len(kept),
            )
        )
    return found


def axis_scale(score: np.ndarray) -> str:
    """Return ``linear``, ``log`` or ``symlog``, by sign and by how far apart the values lie."""
    magnitude = np.abs(score[score != 0])
    if len(magnitude) == 0:
        return "linear"
    low, high = np.quantile(magnitude, [0.05, 1.0])
    if high < 30 * low:
        return "linear"
    return "log" if (score > 0).all() else "symlog"


def bars(rows: Sequence[Correlation]) -> Bars:
    """Return the correlations of every proxy that has one, best first."""
    table = leaderboard(rows).dropna(subset="kendall all")
    return Bars(
        table["proxy"].tolist(),
        table["kendall all"].to_numpy(),
        table["spearman all"].to_numpy(),
        (table["family"] == "trivial").tolist(),
    )


def draw_scatter(axes: Axes, data: Scatter, accuracy_label: str) -> None:
    """Draw one scatter; hexagonal bins where the points would hide each other."""
    dense = len(data.score) >= DENSE and data.scale != "symlog"
    axes.set_title(data.proxy, loc="left", fontweight="bold")
    axes.set_title(data.caption, loc="right", fontsize=8)
    if len(data.score) == 0:
        axes.text(0.5, 0.5, "no defined score", ha="center", transform=axes.transAxes)
        axes.set_xticks([])
        axes.set_yticks([])
        return
    x = data.score
    magnitude = np.abs(x[x != 0])
    threshold = float(np.quantile(magnitude, 0.05)) if len(magnitude) else 1.0
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
    missing = f" ({data.missing} without a score)" if data.missing else ""
    axes.set_xlabel(f"score{missing}")
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
    """Return zero and up to two powers of ten a side, the outermost ones that fit."""
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
    return [-(10.0**power) for power in reversed(negative)] + [0.0] + [10.0**p for p in positive]


def draw_bars(axes: Axes, data: Bars, accuracy_label: str) -> None:
    """Draw the leaderboard: Kendall as bars, Spearman as dots."""
    position = np.arange(len(data.proxies))
    colours = [TRIVIAL_COLOUR if trivial else PROXY_COLOUR for trivial in data.trivial]
    axes.barh(position, data.kendall, color=colours, height=0.66)
    axes.plot(data.spearman, position, "o", color="#1a202c", markersize=3.5)
    axes.set_yticks(position, data.proxies)
    axes.set_ylim(len(position) - 0.4, -0.6)
    axes.axvline(0, color="#4a5568", linewidth=0.8)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"rank correlation with {accuracy_label}")
    handles = [
        mpl.patches.Patch(color=PROXY_COLOUR, label="Kendall τ-b"),
        mpl.patches.Patch(color=TRIVIAL_COLOUR, label="Kendall τ-b, trivial row"),
        mpl.lines.Line2D([], [], color="#1a202c", marker="o", ls="", ms=3.5, label="Spearman ρ"),
    ]
    axes.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.45, 1.0),
        ncols=3,
        frameon=False,
        fontsize=8,
    )


def figures(
    cells: pd.DataFrame, rows: Sequence[Correlation], accuracy_label: str
) -> Iterator[tuple[str, Figure]]:
    """Yield every figure with its name: the bars, all scatters on one sheet, and each alone.

    The style is the caller's: see :func:`write_figures`.
    """
    panels = scatters(cells, rows)
    data = bars(rows)
    if data.proxies:
        figure = Figure(figsize=(5.5, 1.2 + 0.24 * len(data.proxies)), layout="constrained")
        draw_bars(figure.subplots(), data, accuracy_label)
        yield "correlations", figure
    columns = min(4, len(panels))
    lines = math.ceil(len(panels) / columns)
    sheet = Figure(figsize=(3.1 * columns, 2.5 * lines), layout="constrained")
    grid = np.atleast_1d(sheet.subplots(lines, columns)).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        draw_scatter(axes, panel, "accuracy (%)")
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    yield "scores", sheet
    for panel in panels:
        figure = Figure(figsize=(4.2, 3.2), layout="constrained")
        draw_scatter(figure.subplots(), panel, accuracy_label)
        yield f"score_{panel.proxy}", figure


def write_figures(
    folder: Path, cells: pd.DataFrame, rows: Sequence[Correlation], accuracy_label: str
) -> None:
    """Write every figure as PNG (200 dpi) and SVG into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        for name, figure in figures(cells, rows, accuracy_label):
            figure.savefig(folder / f"{name}.png", dpi=200)
            figure.savefig(folder / f"{name}.svg", dpi=150, metadata={"Date": None})
