"""Figures of searches: regret over what was spent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from reports.figures import Put, Sketch, drawn
from reports.search_tables import in_points, standings
from reports.searches import Searches
from reports.style import INK, literal

SHOWN = 8
"""Leading rows that are drawn beside random search: more lines cannot be told apart."""

RANDOM = "random"


def regret(searches: Searches) -> pd.DataFrame:
    """Return the curves of leading rows and of random search, in the order of the table."""
    curves = pd.DataFrame(searches.curves).dropna(subset="mean")
    several = curves.groupby("searcher")["spent"].nunique()
    names = [row.searcher for row in standings(searches)]
    leading = [name for name in names if several.get(name, 0) > 1 and name != RANDOM]
    shown = [*leading[:SHOWN], RANDOM]
    kept_rows = curves[curves["searcher"].isin(shown)]
    return kept_rows.assign(
        searcher=pd.Categorical(kept_rows["searcher"], shown, ordered=True)
    ).sort_values(["searcher", "spent"])


def search_sketches(searches: Searches) -> Iterator[Sketch]:
    """Yield the figures of a run of searches."""
    data = regret(searches)
    if not data.empty:
        signal = searches.limits["optimum"][0] - searches.limits["optimum by the signal"][0]
        draw = partial(draw_regret, data=data, unit=searches.unit, signal=signal)
        behind = "points" if in_points(searches) else searches.measure[0]
        shown = {**draw.keywords, "behind": behind}
        yield Sketch("regret", (7.2, 3.4), partial(_draw_both, draw, behind), shown)


def _draw_both(draw: partial[None], behind: str, figure: Figure) -> None:
    left, right = figure.subplots(1, 2, sharey=True)
    draw(left, statistic="mean")
    draw(right, statistic="median")
    left.set_ylabel(f"{behind} behind the best of the space")
    right.legend(frameon=False, fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))


BANDS = {"mean": ("low", "high"), "median": ("median_low", "median_high")}


def draw_regret(axes: Axes, data: pd.DataFrame, unit: str, signal: float, statistic: str) -> None:
    """Draw mean or median regret with its 95 % band, and the regret of the best by the signal."""
    colours = dict(
        zip(data["searcher"].cat.categories, sns.color_palette("colorblind", 10), strict=False)
    )
    for name, rows in data.groupby("searcher", observed=True):
        chance = name == RANDOM
        colour = INK if chance else colours[name]
        style = "--" if chance else "-"
        axes.plot(
            rows["spent"], rows[statistic], style, color=colour, lw=1.1, label=literal(str(name))
        )
        low, high = BANDS[statistic]
        axes.fill_between(rows["spent"], rows[low], rows[high], color=colour, alpha=0.15, lw=0)
    axes.axhline(signal, color="#c53030", lw=0.9, ls=":", label="best by the signal")
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=0.1)  # what finds the best has a regret of 0
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlabel(unit)
    axes.set_title(f"{statistic} over seeds, 95 % band")


def write_search_figures(folder: Path, searches: Searches, put: Put) -> dict[str, bytes]:
    """Keep the figures as PNG and SVG in ``folder``; return the SVGs by name."""
    return drawn(folder, list(search_sketches(searches)), "drawn_searches.json", put)
