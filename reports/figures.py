"""Every figure of a report, by name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from reports.favourites import curves, draw_curves
from reports.findings import Findings
from reports.overview import (
    bars,
    draw_bars,
    draw_similarity,
    draw_transfer,
    draw_worth,
    transfer,
    worth,
)
from reports.scatter import draw_scatter, scatters
from reports.style import STYLE


def overview(found: Findings) -> Iterator[tuple[str, Figure]]:
    """Yield the figures of all proxies at once that the run has data for.

    The style is the caller's: see :func:`write_figures`.
    """
    data = bars(found)
    if data.proxies:
        figure = Figure(figsize=(5.5, 1.4 + 0.2 * len(data.proxies)), layout="constrained")
        draw_bars(figure.subplots(), data, found.accuracy_label)
        yield "correlations", figure
    if len(found.similarity) > 2:
        side = 1.8 + 0.17 * len(found.similarity)
        figure = Figure(figsize=(side + 0.6, side), layout="constrained")
        draw_similarity(figure.subplots(), found.similarity)
        yield "similarity", figure
    cost = worth(found)
    if len(cost.proxies) > 1:
        figure = Figure(figsize=(5.0, 3.2), layout="constrained")
        draw_worth(figure.subplots(), cost)
        yield "cost", figure
    curve = curves(found)
    if len(curve) > 1 and curve.shape[1] > 1:
        figure = Figure(figsize=(5.0, 3.2), layout="constrained")
        draw_curves(figure.subplots(), curve)
        yield "favourites", figure
    table = transfer(found)
    if table.shape[1] > 1 and len(table):
        figure = Figure(figsize=(4.4, 1.0 + 0.19 * len(table)), layout="constrained")
        draw_transfer(figure.subplots(), table, found.label)
        yield "transfer", figure


def figures(found: Findings) -> Iterator[tuple[str, Figure]]:
    """Yield every figure with its name: overviews, all scatters on one sheet, and each alone."""
    yield from overview(found)
    panels = scatters(found)
    width = min(4, len(panels))
    lines = math.ceil(len(panels) / width)
    sheet = Figure(figsize=(3.1 * width, 2.5 * lines), layout="constrained")
    grid = np.atleast_1d(sheet.subplots(lines, width)).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        draw_scatter(axes, panel, "accuracy (%)")
    for axes in grid[len(panels) :]:
        axes.set_visible(False)
    yield "scores", sheet
    for panel in panels:
        figure = Figure(figsize=(4.2, 3.2), layout="constrained")
        draw_scatter(figure.subplots(), panel, found.accuracy_label)
        yield f"score_{panel.proxy}", figure


def write_figures(folder: Path, found: Findings) -> None:
    """Write every figure as PNG (200 dpi) and SVG into ``folder``.

    A proxy's figure from an earlier report that this one lacks is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = set()
    with mpl.rc_context(STYLE):
        for name, figure in figures(found):
            drawn.add(name)
            figure.savefig(folder / f"{name}.png", dpi=200)
            figure.savefig(folder / f"{name}.svg", dpi=150, metadata={"Date": None})
    for path in folder.glob("score_*"):
        if path.stem not in drawn:
            path.unlink()
