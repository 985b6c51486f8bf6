"""Every score's difference from counting parameters, as a forest plot."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from reports.findings import Findings
from reports.leaderboard import leaderboard
from reports.style import INK, OTHER_COLOUR, TRIVIAL_COLOUR, legend_above, literal
from reports.yardstick import BETTER, SAME, WORSE, gaps, yardstick

COLOURS = {BETTER: OTHER_COLOUR, SAME: TRIVIAL_COLOUR, WORSE: "#c53030"}


class Forest(NamedTuple):
    """One line a score with an interval, in the order of the leaderboard."""

    proxies: list[str]
    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    verdicts: list[str]
    control: str


def forest(findings: Findings) -> Forest:
    """Return the differences from the yardstick that have an interval."""
    over = gaps(findings)
    named = [row.proxy for row in leaderboard(findings.own)]
    kept = [name for name in named if name in over and over[name].verdict]
    difference, low, high = np.array([over[name] for name in kept], float).reshape(-1, 3).T
    verdicts = [over[name].verdict for name in kept]
    return Forest(kept, difference, low, high, verdicts, yardstick(findings) or "")


def draw_forest(axes: Axes, data: Forest) -> None:
    """Draw them: what leaves out 0 is better or worse than counting."""
    axes.axvline(0, color=INK, linewidth=0.8)
    for verdict, colour in COLOURS.items():
        lines = [i for i, said in enumerate(data.verdicts) if said == verdict]
        if lines:
            axes.hlines(lines, data.low[lines], data.high[lines], color=colour, linewidth=1.3)
            axes.plot(data.difference[lines], lines, "o", color=colour, markersize=4)
    position = range(len(data.proxies))
    axes.set_yticks(position, [literal(name) for name in data.proxies])
    axes.set_ylim(len(data.proxies) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    spans = ", 95 %" if (data.low < data.high).any() else ""
    axes.set_xlabel(f"Kendall τ-b less that of {literal(data.control)}{spans}")
    handles = [
        mpl.lines.Line2D([], [], color=colour, marker="o", ms=4, lw=1.3, label=verdict)
        for verdict, colour in COLOURS.items()
        if verdict in data.verdicts
    ]
    legend_above(axes, handles)
