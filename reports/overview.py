"""Figures of all proxies at once; what each shows is computed first, drawing is a thin layer."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from reports.findings import Findings
from reports.leaderboard import leaderboard
from reports.style import INK, OTHER_COLOUR, colour, legend_above, literal


class Bars(NamedTuple):
    """One bar a proxy, over all cells, best Kendall first; with 95 % intervals and the ceiling."""

    proxies: list[str]
    kendall: np.ndarray
    low: np.ndarray
    high: np.ndarray
    families: list[str]
    ceiling: float | None


def bars(findings: Findings) -> Bars:
    """Return the correlations of every proxy that has one, best first."""
    board = [row for row in leaderboard(findings.own) if np.isfinite(row.tau.value)]
    ceiling = findings.ceiling("kendall")
    return Bars(
        proxies=[row.proxy for row in board],
        kendall=np.array([row.tau.value for row in board]),
        low=np.array([row.tau.low for row in board]),
        high=np.array([row.tau.high for row in board]),
        families=[row.family for row in board],
        ceiling=ceiling.value if ceiling else None,
    )


def draw_bars(axes: Axes, data: Bars, accuracy_label: str) -> None:
    """Draw the leaderboard: Kendall as bars with intervals; the ceiling is of Kendall too."""
    position = np.arange(len(data.proxies))
    colours = [colour(family) for family in data.families]
    axes.barh(position, data.kendall, color=colours, height=0.66)
    known = np.isfinite(data.low)
    middle = data.kendall[known]
    ends = np.abs(np.stack([middle - data.low[known], data.high[known] - middle]))
    axes.errorbar(
        middle, position[known], xerr=ends, fmt="none", ecolor=INK, elinewidth=0.8, capsize=1.5
    )
    if data.ceiling is not None:
        axes.axvline(data.ceiling, color="#c53030", linewidth=1, linestyle="--")
    axes.set_yticks(position, [literal(name) for name in data.proxies])
    axes.set_ylim(len(position) - 0.4, -0.6)
    axes.axvline(0, color="#4a5568", linewidth=0.8)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"Kendall τ-b with {accuracy_label.replace(' (%)', '')}")
    spans = ", 95 %" if known.any() else ""
    named = {"zero-cost": f"Kendall τ-b{spans}", "trivial": "trivial row"}
    handles: list[mpl.artist.Artist] = [
        mpl.patches.Patch(color=colour(family), label=text) for family, text in named.items()
    ]
    if set(data.families) - set(named):
        handles.append(mpl.patches.Patch(color=OTHER_COLOUR, label="combined or trained"))
    if data.ceiling is not None:
        handles.append(mpl.lines.Line2D([], [], color="#c53030", ls="--", label="noise ceiling"))
    legend_above(axes, handles)


def clustered(similarity: pd.DataFrame) -> pd.DataFrame:
    """Return the matrix with rows and columns in the order of an average-linkage clustering."""
    distance = 1 - similarity.to_numpy()
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), "average")
    order = similarity.index[leaves_list(tree)]
    return similarity.loc[order, order]


def draw_similarity(axes: Axes, similarity: pd.DataFrame) -> None:
    """Draw how proxies rank cells alike."""
    sns.heatmap(
        clustered(similarity).rename(index=literal, columns=literal),
        ax=axes,
        rasterized=True,
        cmap="vlag",
        vmin=-1,
        vmax=1,
        square=True,
        xticklabels=True,
        yticklabels=True,
        cbar_kws={"label": "Spearman ρ between proxies", "shrink": 0.5},
    )
    axes.set_xlabel("")
    axes.set_ylabel("")
    axes.tick_params(labelsize=7, length=0)


def transfer(findings: Findings) -> pd.DataFrame:
    """Return Kendall over all cells of every proxy (rows) on every dataset, and the mean of them.

    The run's own dataset comes first, the mean last.
    """
    rows = [r for r in findings.correlations if (r.cells, r.statistic) == ("all", "kendall")]
    wide = pd.DataFrame(rows).pivot(index="proxy", columns="dataset", values="value")
    others = [str(name) for name in wide if name != findings.dataset]
    order = [findings.dataset, *sorted(others, key=_is_mean)]
    wide = wide[order].rename(columns=lambda name: "mean" if _is_mean(name) else name)
    return wide.dropna().sort_values(findings.dataset, ascending=False)


def _is_mean(dataset: str) -> bool:
    return dataset.startswith("mean of")


FLAT = 4
"""Datasets whose names have room side by side; of more they stand on end."""


def transfer_size(table: pd.DataFrame) -> tuple[float, float]:
    """Return the inches that the figure of a table takes: a name on end takes some of its own."""
    lying, longest = table.shape[1] <= FLAT, max(len(str(name)) for name in table)
    return 4.4, 1.0 + 0.19 * len(table) + (0.0 if lying else 0.075 * longest)


def draw_transfer(axes: Axes, table: pd.DataFrame, label: str) -> None:
    """Draw what scores of one dataset are worth on others."""
    sns.heatmap(
        table.rename(index=literal),
        ax=axes,
        cmap="vlag",
        center=0,
        annot=True,
        fmt=".2f",
        annot_kws={"fontsize": 7},
        cbar=False,
        yticklabels=True,
    )
    axes.tick_params("y", labelrotation=0)
    axes.tick_params("x", labelrotation=0 if table.shape[1] <= FLAT else 90)
    axes.set_xlabel(f"judged on (scored on {label})")
    axes.set_ylabel("")
    axes.tick_params(labelsize=8, length=0)
