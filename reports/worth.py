"""Cost against quality, and what nothing cheaper equals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator
from numpy.typing import NDArray

from reports.findings import Findings
from reports.leaderboard import leaderboard
from reports.style import INK, PROXY_COLOUR, TRIVIAL_COLOUR, literal

FAMILIES = ("zero-cost", "few-step", "trivial")
"""What has a cost of its own."""


class Worth(NamedTuple):
    """Kendall against the cost of a network; ``front`` marks what nothing cheaper equals.

    ``cost`` is in forward-backwards where the run measured one, else in seconds, as ``unit`` says;
    0 for ``trivial`` rows, which run no network.
    """

    proxies: list[str]
    cost: NDArray[np.float64]
    kendall: NDArray[np.float64]
    front: NDArray[np.bool_]
    trivial: NDArray[np.bool_]
    unit: str


def worth(findings: Findings) -> Worth:
    """Return cost and quality of every score that has a cost, cheapest first."""
    measured = any(pd.notna(cost.units) for cost in findings.costs)
    costs = {cost.proxy: cost.units if measured else cost.seconds for cost in findings.costs}
    board = [row for row in leaderboard(findings.own) if row.family in FAMILIES]
    costs |= {row.proxy: 0.0 for row in board if row.family == "trivial"}
    board = [r for r in board if pd.notna(r.tau.value) and pd.notna(costs.get(r.proxy))]
    board.sort(key=lambda row: (costs[row.proxy], -row.tau.value, row.proxy))
    kendall = np.array([row.tau.value for row in board])
    best = np.maximum.accumulate(kendall) if len(kendall) else kendall
    return Worth(
        [row.proxy for row in board],
        np.array([costs[row.proxy] for row in board]),
        kendall,
        kendall > np.concatenate([[-np.inf], best[:-1]]),
        np.array([row.family == "trivial" for row in board], dtype=bool),
        "forward-backwards a network" if measured else "seconds a network, alone",
    )


NAME = 0.052
"""Height of a name, as a share of the panel's."""

NAMED = 13
"""Names beside the panel: those of the front, then of the best."""


def spread_out(heights: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Return ascending heights moved so that neighbours lie ``least`` apart, none above 1."""
    steps = least * np.arange(len(heights))
    up: NDArray[np.float64] = np.maximum.accumulate(heights - steps) + steps
    down: NDArray[np.float64] = np.minimum(up, 1 - steps[::-1])
    return down


def named(data: Worth) -> list[int]:
    """Return which dots are named, ascending by Kendall; of several on one spot the first alone."""
    spots = list(zip(data.cost.tolist(), data.kendall.tolist(), strict=True))
    chosen = [i for i, spot in enumerate(spots) if spots.index(spot) == i]
    chosen.sort(key=lambda i: (not data.front[i], -data.kendall[i]))
    return sorted(chosen[:NAMED], key=lambda i: data.kendall[i])


def draw_worth(axes: Axes, data: Worth) -> None:
    """Draw cost against quality, the Pareto front as a line, names beside the panel."""
    positive = data.cost[data.cost > 0]
    counts = float(positive.min()) / 4 if len(positive) else 1.0
    cost = np.where(data.cost > 0, data.cost, counts)
    axes.plot(cost, data.kendall, "o", color=TRIVIAL_COLOUR, ms=4)
    front = [*cost[data.front], cost.max()], [*data.kendall[data.front], data.kendall.max()]
    axes.step(*front, where="post", color=PROXY_COLOUR, linewidth=1)
    axes.plot(cost[data.front], data.kendall[data.front], "o", color=PROXY_COLOUR, ms=5)
    axes.set_xscale("log")
    marks = LogLocator(subs=(1, 2, 5)).tick_values(float(cost.min()), float(cost.max()))
    ticks = {float(x): f"{x:g}" for x in marks if 2 * counts < x <= 1.1 * cost.max()}
    if data.trivial.any():
        ticks = {counts: "counts", **ticks}
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(y=0.06)
    low, high = axes.get_ylim()
    shown = named(data)
    heights = spread_out((data.kendall[shown] - low) / (high - low), NAME)
    for i, height in zip(shown, heights, strict=True):
        axes.annotate(
            literal(data.proxies[i]),
            (cost[i], data.kendall[i]),
            xytext=(1.04, height),
            textcoords="axes fraction",
            fontsize=7,
            color=PROXY_COLOUR if data.front[i] else INK,
            va="center",
            arrowprops={"arrowstyle": "-", "color": TRIVIAL_COLOUR, "linewidth": 0.5, "alpha": 0.6},
        )
    axes.set_xlabel(f"{data.unit} (log axis)")
    axes.set_ylabel("Kendall τ-b")
