"""What favourites are worth, as curves over how many of them are trained."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from reports.findings import Findings
from reports.leaderboard import leaderboard
from reports.style import INK, literal

SHOWN = 6
"""Leading rows that are drawn: more lines cannot be told apart."""

CHANCE = "random search"

LINES = ("-", "--")
"""Taken in turn, so that of two that coincide both are seen."""


def curves(findings: Findings) -> pd.DataFrame:
    """Return the regret of leading rows (columns) by how many favourites are trained (rows).

    The last column is what random search is expected to reach.
    """
    rows = [
        row for row in findings.own if (row.statistic, row.cells) == ("regret", "all") and row.k
    ]
    if not rows:
        return pd.DataFrame()
    frame = pd.DataFrame(rows)
    board = [row.proxy for row in leaderboard(findings.own) if row.family != "trivial"]
    leading = [proxy for proxy in board if proxy in set(frame["proxy"])]
    wide = frame.pivot(index="k", columns="proxy", values="value")[leading[:SHOWN]]
    return wide.assign(**{CHANCE: frame.groupby("k")["chance"].first()})


def draw_curves(axes: Axes, data: pd.DataFrame, points: str) -> None:
    """Draw regret against favourites, random search's expectation dotted."""
    for i, name in enumerate(data):
        style: dict[str, Any] = {"marker": "o", "markersize": 3, "linestyle": LINES[i % 2]}
        style["zorder"] = 2 + i % 2  # dashes above what is solid
        if name == CHANCE:
            style = {"color": INK, "linestyle": ":"}
        axes.plot(data.index, data[name], label=literal(str(name)), linewidth=1, **style)
    axes.set_xscale("log")
    axes.set_xticks(data.index, [str(k) for k in data.index])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("favourites that are trained")
    axes.set_ylabel(f"{points} behind the best cell")
    axes.legend(frameon=False, fontsize=8)
