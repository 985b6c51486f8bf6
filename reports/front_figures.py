"""Figures of fronts: what runs attain over the true front, and what is missing over the budget."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.figures import Put, Sketch, drawn
from reports.front_tables import MAIN, front_standings
from reports.fronts import Fronts
from reports.search_figures import RANDOM, SHOWN
from reports.style import INK, PROXY_COLOUR, literal

PANELS = 6
"""Searchers whose surfaces are drawn, random search the last of them."""

WIDTH = 3
"""Panels side by side."""

LEAST = 1e-3
"""Share of the hypervolume below which what is missing is drawn as nothing."""


def shown(fronts: Fronts, most: int) -> list[str]:
    """Return the leading searchers with a front, best first, random search among them."""
    names = [r.searcher for r in front_standings(fronts.statistics) if not math.isnan(r.main.value)]
    leading = [name for name in names if name != RANDOM][: most - 1]
    return [name for name in names if name in (*leading, RANDOM)]


def surfaces(fronts: Fronts) -> dict[str, pd.DataFrame]:
    """Return the surfaces of the searchers that are drawn: ``share, cost, error``."""
    frame = pd.DataFrame(fronts.attained, columns=["searcher", "share", "cost", "error"])
    each = {name: frame[frame["searcher"] == name] for name in shown(fronts, PANELS)}
    return {name: rows.drop(columns="searcher") for name, rows in each.items() if len(rows)}


def missing(fronts: Fronts) -> pd.DataFrame:
    """Return by how much mean hypervolumes fall short of 1 over what was spent, with the band."""
    frame = pd.DataFrame(fronts.curves)
    frame = frame[frame["statistic"] == MAIN].dropna(subset="mean")
    names = shown(fronts, SHOWN + 1)
    kept = frame[frame["searcher"].isin(names)]
    ends = kept[["searcher", "spent"]].assign(
        mean=1 - kept["mean"], low=1 - kept["high"], high=1 - kept["low"]
    )
    ends["searcher"] = pd.Categorical(ends["searcher"], names, ordered=True)
    return ends.sort_values(["searcher", "spent"])


def front_sketches(fronts: Fronts) -> Iterator[Sketch]:
    """Yield the figures of a run of searches for fronts."""
    each = surfaces(fronts)
    if each:
        error, cost = fronts.axes
        draw = partial(
            draw_surfaces,
            each=each,
            front=fronts.front[[cost.name, error.name]].drop_duplicates(),
            labels=(cost.label, error.label),
            reference=(cost.reference, error.reference),
        )
        lines = math.ceil(len(each) / WIDTH)
        yield Sketch("fronts", (7.2, 0.5 + 2.2 * lines), draw, draw.keywords)
    data = missing(fronts)
    if data["spent"].nunique() > 1:
        curve = partial(draw_missing, data=data, unit=fronts.unit)
        yield Sketch(
            "hypervolume", (6.4, 3.4), lambda figure: curve(figure.subplots()), curve.keywords
        )


def draw_surfaces(
    figure: Figure,
    each: Mapping[str, pd.DataFrame],
    front: pd.DataFrame,
    labels: tuple[str, str],
    reference: tuple[float, float],
) -> None:
    """Draw, a panel a searcher, what half of its runs attain, quartiles as a band, and the best."""
    lines = math.ceil(len(each) / WIDTH)
    grid = figure.subplots(lines, WIDTH, sharex=True, sharey=True, squeeze=False).ravel()
    best = front.sort_values([*map(str, front)]).to_numpy(float)
    for axes, (name, rows) in zip(grid, each.items(), strict=False):
        shares = sorted(set(rows["share"].tolist()))
        steps = {share: rows[rows["share"] == share].to_numpy(float)[:, 1:] for share in shares}
        _band(axes, steps, reference)
        if 0.5 in steps:
            axes.step(*stepped(steps[0.5], reference).T, where="post", color=PROXY_COLOUR, lw=1.1)
        axes.step(*stepped(best, reference).T, where="post", color=INK, lw=0.7)
        axes.plot(*best.T, ".", color=INK, ms=2.5)
        axes.set_title(literal(name))
        axes.set_xlim(best[0, 0] - 0.05 * (reference[0] - best[0, 0]), reference[0])
        axes.set_ylim(best[-1, 1] - 0.05 * (reference[1] - best[-1, 1]), reference[1])
    for place in range(len(each), len(grid)):
        grid[place].set_visible(False)
        grid[place - WIDTH].tick_params(labelbottom=True)  # the last of its column
    figure.supxlabel(labels[0], fontsize=9)
    figure.supylabel(labels[1], fontsize=9)


def stepped(corners: np.ndarray, reference: tuple[float, float]) -> np.ndarray:
    """Return a surface's corners with its ends at the reference point, (k + 2, 2)."""
    first, last = corners[0], corners[-1]
    begin, end = [first[0], max(reference[1], first[1])], [max(reference[0], last[0]), last[1]]
    return np.array([begin, *corners, end])


def _band(axes: Axes, steps: Mapping[float, np.ndarray], reference: tuple[float, float]) -> None:
    """Fill between the quartile surfaces; above what fewer runs attain there is no end."""
    if not {0.25, 0.75} <= set(steps):
        return
    some, most = (stepped(steps[share], reference) for share in (0.25, 0.75))
    x = np.unique(np.concatenate([some[:, 0], most[:, 0]]))
    low, high = (
        np.where(place < 0, reference[1], line[np.maximum(place, 0), 1])
        for line in (some, most)
        for place in [np.searchsorted(line[:, 0], x, side="right") - 1]
    )
    axes.fill_between(x, low, high, step="post", color=PROXY_COLOUR, alpha=0.25, lw=0)


def draw_missing(axes: Axes, data: pd.DataFrame, unit: str) -> None:
    """Draw by how much mean hypervolumes fall short of the true front's, with 95 % bands."""
    names = list(data["searcher"].cat.categories)
    colours = dict(
        zip(
            [name for name in names if name != RANDOM],
            sns.color_palette("colorblind", SHOWN),
            strict=False,
        )
    )
    for name, rows in data.groupby("searcher", observed=True):
        chance = name == RANDOM
        colour, style = (INK, "--") if chance else (colours[name], "-")
        axes.plot(
            rows["spent"], rows["mean"], style, color=colour, lw=1.1, label=literal(str(name))
        )
        low, high = rows["low"].clip(lower=LEAST), rows["high"].clip(lower=LEAST)
        axes.fill_between(rows["spent"], low, high, color=colour, alpha=0.15, lw=0)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel(unit)
    axes.set_ylabel("hypervolume missing")
    axes.set_title("mean over seeds, 95 % band")
    axes.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def write_front_figures(folder: Path, fronts: Fronts, put: Put) -> dict[str, bytes]:
    """Keep the figures as PNG and SVG in ``folder``; return the SVGs by name."""
    return drawn(folder, list(front_sketches(fronts)), "drawn_fronts.json", put)
