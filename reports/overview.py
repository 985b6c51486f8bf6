"""Figures of all proxies at once; what each shows is computed first, drawing is a thin layer."""

from __future__ import annotations

from typing import NamedTuple

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from reports.findings import Findings
from reports.style import INK, OTHER_COLOUR, PROXY_COLOUR, TRIVIAL_COLOUR, colour, literal
from reports.tables import leaderboard


class Bars(NamedTuple):
    """One bar a proxy, over all cells, best Kendall first; with 95 % intervals and the ceiling."""

    proxies: list[str]
    kendall: np.ndarray
    low: np.ndarray
    high: np.ndarray
    spearman: np.ndarray
    families: list[str]
    ceiling: float | None


def bars(findings: Findings) -> Bars:
    """Return the correlations of every proxy that has one, best first."""
    table = leaderboard(findings.own).dropna(subset="kendall all")
    ceiling = findings.ceiling("kendall")
    return Bars(
        proxies=table["proxy"].tolist(),
        kendall=table["kendall all"].to_numpy(float),
        low=table["kendall all low"].to_numpy(float),
        high=table["kendall all high"].to_numpy(float),
        spearman=table["spearman all"].to_numpy(float),
        families=table["family"].tolist(),
        ceiling=ceiling.value if ceiling else None,
    )


def draw_bars(axes: Axes, data: Bars, accuracy_label: str) -> None:
    """Draw the leaderboard: Kendall as bars with intervals, Spearman as dots."""
    position = np.arange(len(data.proxies))
    colours = [colour(family) for family in data.families]
    axes.barh(position, data.kendall, color=colours, height=0.66)
    ends = np.nan_to_num(np.abs(np.stack([data.kendall - data.low, data.high - data.kendall])))
    axes.errorbar(
        data.kendall, position, xerr=ends, fmt="none", ecolor=INK, elinewidth=0.8, capsize=1.5
    )
    axes.plot(data.spearman, position, "o", color=INK, markersize=3, mfc="white", mew=0.8)
    if data.ceiling is not None:
        axes.axvline(data.ceiling, color="#c53030", linewidth=1, linestyle="--")
    axes.set_yticks(position, [literal(name) for name in data.proxies])
    axes.set_ylim(len(position) - 0.4, -0.6)
    axes.axvline(0, color="#4a5568", linewidth=0.8)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"rank correlation with {accuracy_label.replace(' (%)', '')}")
    named = {"zero-cost": "Kendall τ-b, 95 %", "trivial": "trivial row"}
    handles: list[mpl.artist.Artist] = [
        mpl.patches.Patch(color=colour(family), label=text) for family, text in named.items()
    ]
    if set(data.families) - set(named):
        handles.append(mpl.patches.Patch(color=OTHER_COLOUR, label="combined or trained"))
    handles.append(
        mpl.lines.Line2D(
            [], [], color=INK, marker="o", ls="", ms=3, mfc="white", mew=0.8, label="Spearman ρ"
        )
    )
    if data.ceiling is not None:
        handles.append(mpl.lines.Line2D([], [], color="#c53030", ls="--", label="noise ceiling"))
    axes.legend(
        handles=handles,
        loc="lower center",
        bbox_to_anchor=(0.4, 1.0),
        ncols=3,
        frameon=False,
        fontsize=8,
    )


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


class Worth(NamedTuple):
    """Kendall against seconds a network; ``front`` marks what nothing cheaper equals."""

    proxies: list[str]
    seconds: np.ndarray
    kendall: np.ndarray
    front: np.ndarray


def worth(findings: Findings) -> Worth:
    """Return cost and quality of every proxy that runs a network, cheapest first."""
    seconds = {cost.proxy: cost.seconds for cost in findings.costs}
    table = leaderboard(findings.own).dropna(subset="kendall all")
    table = table[table["family"].isin(["zero-cost", "few-step"])]
    table = table.assign(seconds=table["proxy"].map(seconds)).dropna(subset="seconds")
    table = table.sort_values(["seconds", "kendall all"], ascending=[True, False])
    kendall = table["kendall all"].to_numpy(float)
    best = np.maximum.accumulate(kendall) if len(kendall) else kendall
    front = kendall > np.concatenate([[-np.inf], best[:-1]])
    return Worth(table["proxy"].tolist(), table["seconds"].to_numpy(float), kendall, front)


NAME = 0.075
"""Height of a name, as a share of the panel's."""


def apart(heights: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Return ascending heights moved so that neighbours lie ``least`` apart, none above 1."""
    steps = least * np.arange(len(heights))
    up: NDArray[np.float64] = np.maximum.accumulate(heights - steps) + steps
    down: NDArray[np.float64] = np.minimum(up, 1 - steps[::-1])
    return down


def draw_worth(axes: Axes, data: Worth) -> None:
    """Draw cost against quality, the Pareto front as a line, its proxies named beside the panel."""
    axes.plot(data.seconds, data.kendall, "o", color=TRIVIAL_COLOUR, ms=4)
    seconds, kendall = data.seconds[data.front], data.kendall[data.front]
    axes.step(seconds, kendall, where="post", color=PROXY_COLOUR, linewidth=1)
    axes.plot(seconds, kendall, "o", color=PROXY_COLOUR, ms=5)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.margins(y=0.12)
    low, high = axes.get_ylim()
    heights = apart((kendall - low) / (high - low), NAME)
    for proxy, x, y, height in zip(
        np.array(data.proxies)[data.front], seconds, kendall, heights, strict=True
    ):
        axes.annotate(
            literal(str(proxy)),
            (x, y),
            xytext=(1.03, height),
            textcoords="axes fraction",
            fontsize=8,
            color=INK,
            va="center",
            arrowprops={"arrowstyle": "-", "color": TRIVIAL_COLOUR, "linewidth": 0.6},
        )
    axes.set_xlabel("seconds a network, alone")
    axes.set_ylabel("Kendall τ-b")


def transfer(findings: Findings) -> pd.DataFrame:
    """Return Kendall over all cells of every proxy (rows) on every dataset, and the mean of them.

    The run's own dataset comes first.
    """
    rows = [r for r in findings.correlations if (r.cells, r.statistic) == ("all", "kendall")]
    wide = pd.DataFrame(rows).pivot(index="proxy", columns="dataset", values="value")
    first = [findings.dataset, *(name for name in wide if name != findings.dataset)]
    wide = wide[first].rename(columns=lambda name: "mean" if name.startswith("mean of") else name)
    return wide.dropna().sort_values(findings.dataset, ascending=False)


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
    axes.set_xlabel(f"judged on (scored on {label})")
    axes.set_ylabel("")
    axes.tick_params(labelsize=8, length=0)
