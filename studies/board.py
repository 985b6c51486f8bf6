"""One board over families: what every score is worth on spaces of different kinds.

``python -m studies.board FIGURE`` reads the scores that come with the project, prints sentences and
tables of ``docs/families.md`` and draws its figure.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.numbers import decimal, interval
from reports.style import INK, STYLE, colour
from studies import arguments
from studies.standings import FAMILIES, chosen_without, rows, summarised, with_places
from studies.whole_space import markdown

COLUMNS = {
    "tau": ("τ-b", "Kendall's τ-b", 3),
    "over": ("− counting", "Difference to counting", 3),
    "place": ("place", "Place", 1),
    "regret": ("regret", "Regret", 2),
}
"""What a board tells of a score: headings of a column and of a table, and decimals."""


def named(proxy: str, family: str) -> str:
    """Return a proxy's name as the table marks it."""
    marked = f"{proxy} †" if family == "combination" else proxy
    return f"*{marked}*" if family == "trivial" else marked


def board(wide: pd.DataFrame) -> str:
    """Return the table of places, differences to counting and regrets."""
    parts = [(part, min(digits, 2)) for part, (*_, digits) in COLUMNS.items()]
    head = ["score", "mean place", "95 %", "worst"]
    head += [f"{FAMILIES[space]} {COLUMNS[part][0]}" for space in FAMILIES for part, _ in parts]
    lines = []
    for proxy, row in wide.iterrows():
        line = [named(str(proxy), row["family"]), decimal(row["place"], 1)]
        line += [interval(row["low"], row["high"], 0), decimal(row["worst"], 1)]
        line += [decimal(row[f"{space} {part}"], n) for space in FAMILIES for part, n in parts]
        lines.append(line)
    return markdown(lines, head)


def by_dataset(measured: pd.DataFrame, order: pd.Index, column: str, digits: int) -> str:
    """Return the table of one of a board's columns on each dataset."""
    datasets = measured[["space", "dataset"]].drop_duplicates()
    known = measured.set_index(["space", "dataset", "proxy"])[column].to_dict()
    families = measured.groupby("proxy")["family"].first()
    each = list(datasets.itertuples(index=False, name=None))
    lines = [
        [named(str(proxy), families[proxy])]
        + [decimal(known.get((*dataset, proxy), np.nan), digits) for dataset in each]
        for proxy in order
    ]
    return markdown(lines, ["score", *(f"{FAMILIES[space]} {name}" for space, name in each)])


def sentences(measured: pd.DataFrame, wide: pd.DataFrame) -> list[str]:
    """Return what the board says: how it was drawn, who leads, and whom to trust."""
    said = []
    for space, own in measured.groupby("space", sort=False):
        half = ((own["high"] - own["low"]) / 2).median()
        exact = "" if np.isnan(half) else f", intervals of tau ± {half:.3f} (median)"
        said.append(f"{FAMILIES[str(space)]}: {own['n'].max()} candidates{exact}.")
    ranked = wide.dropna(subset=["place"])
    best, steady = ranked.iloc[0], ranked.sort_values("worst", kind="stable").iloc[0]
    said.append(
        f"Best mean place: {best.name}, {best['place']:.1f} of {len(ranked)} "
        f"[{best['low']:.0f}, {best['high']:.0f}]. Least bad at its worst: {steady.name}, "
        f"{steady['worst']:.1f}."
    )
    over = ranked[[f"{space} over" for space in FAMILIES]]
    always = over.index[(over > 0).all(axis=1)]
    said.append(f"Above counting in the mean of every family: {_listed(always)}.")
    taus = wide[[f"{space} tau" for space in FAMILIES]]
    bars = taus[(wide["family"] == "trivial") & (wide.index != "random")].max()
    clear = ranked.index[(taus.loc[ranked.index] > bars).all(axis=1)]
    said.append(f"Above the best of all rows that only count, likewise: {_listed(clear)}.")
    count = ranked.index[ranked["family"] == "trivial"][0]
    regrets = (
        f"{own[best.name]:.2f} and {own[count]:.2f} on {name}"
        for space, name in FAMILIES.items()
        for own in [wide[f"{space} regret"]]
    )
    said.append(
        f"Regret of {best.name} and of {count}, the first row that only counts: "
        f"{', '.join(regrets)}."
    )
    mean = ranked[[f"{space} regret" for space in FAMILIES]].mean(axis=1)
    said.append(f"Least regret in the mean over families: {mean.idxmin()}, {mean.min():.2f}.")
    chosen = (
        f"{name} by the others, {ranked.loc[name, f'{space} place']:.1f} on {FAMILIES[space]}"
        for space, name in chosen_without(ranked).items()
    )
    said.append(f"Best mean place on three families, and place on the fourth: {'; '.join(chosen)}.")
    lowest = measured.groupby("proxy")["over"].min().loc[ranked.index]
    said.append(f"Above counting on every dataset: {_listed(lowest.index[lowest > 0])}.")
    surely = measured["over_low"].fillna(measured["over"]).groupby(measured["proxy"]).min()
    surely = surely.loc[ranked.index]
    said.append(f"The same beyond what the draw explains: {_listed(surely.index[surely > 0])}.")
    positive = measured.groupby("proxy")["tau"].min().loc[ranked.index]
    said.append(f"Tau above 0 on every dataset: {_listed(positive.index[positive > 0])}.")
    return said


def _listed(names: pd.Index) -> str:
    return ", ".join(names) or "none"


def draw(measured: pd.DataFrame, wide: pd.DataFrame, path: Path) -> None:
    """Draw a panel a family: tau on each of its datasets, its mean, and what counting is worth."""
    names = list(wide.index)[::-1]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9, 0.155 * len(names) + 1.1), layout="constrained")
        panels = figure.subplots(1, len(FAMILIES), sharey=True)
        for axes, (space, label) in zip(panels, FAMILIES.items(), strict=True):
            own = measured[measured["space"] == space]
            for place, name in enumerate(names):
                here = own[own["proxy"] == name]
                if here.empty:
                    continue
                shade = colour(str(wide.loc[name, "family"]))
                axes.plot([here["tau"].min(), here["tau"].max()], [place] * 2, color=shade, lw=1)
                axes.plot(here["tau"], [place] * len(here), "|", color=shade, ms=4, mew=1)
                axes.plot(here["tau"].mean(), place, "o", color=shade, ms=3.5)
            counting = (own["tau"] - own["over"]).groupby(own["dataset"]).first().mean()
            axes.axvline(counting, color=INK, lw=0.8, ls="--")
            axes.axvline(0, color="#a0aec0", lw=0.8)
            axes.set_title(label)
            axes.set_xlabel("τ-b")
            axes.xaxis.set_major_locator(MaxNLocator(4, prune="both"))  # ends meet the next panel's
            axes.tick_params(axis="y", length=0)
        panels[0].set_yticks(range(len(names)), names, fontsize=6.5)
        panels[0].set_ylim(-0.7, len(names) - 0.3)
        figure.savefig(path, dpi=150)


def main() -> None:
    """Print sentences and tables; draw the figure."""
    (figure,) = arguments(__doc__, "FIGURE")
    measured = with_places(rows())
    wide = summarised(measured)
    sys.stdout.write("\n".join(f"- {said}" for said in sentences(measured, wide)) + "\n\n")
    sys.stdout.write(board(wide))
    for column, (_, words, digits) in COLUMNS.items():
        table = by_dataset(measured, wide.index, column, digits)
        sys.stdout.write(f"\n### {words} on each dataset\n\n{table}")
    draw(measured, wide, Path(figure))


if __name__ == "__main__":
    main()
