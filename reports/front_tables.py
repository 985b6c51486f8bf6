"""Fronts that searches found, as tables to paste: Markdown, LaTeX, and a frame."""

from __future__ import annotations

from collections.abc import Sequence

from reports.columns import Column
from reports.fronts import Fronts, ObjectiveAxis
from reports.rows import SearchStatistic
from reports.searcher_rows import (
    SearcherRow,
    against,
    as_latex,
    as_markdown,
    ranked,
    searcher_column,
    share_of,
    spending,
    value_of,
)

MAIN = "hypervolume"

AGAINST = "_against_random"


def front_standings(statistics: Sequence[SearchStatistic]) -> list[SearcherRow]:
    """Return one row a searcher, the largest mean hypervolume first; they are of one dataset."""
    return ranked(statistics, statistics[0].dataset, MAIN) if statistics else []


def front_columns(fronts: Fronts) -> list[Column[SearcherRow]]:
    """Return the columns that the table of fronts has."""
    return [
        searcher_column(),
        Column("hypervolume", value_of(MAIN, 3)),
        *against(MAIN + AGAINST, 3),
        Column("ε+", value_of("epsilon", 3), smallest=True),
        Column("IGD+", value_of("igd_plus", 3), smallest=True),
        Column("found", share_of("found")),
        *spending(fronts.unit),
    ]


def front_markdown(fronts: Fronts) -> str:
    """Return the table of fronts with its caption and the meaning of its columns."""
    rows = front_standings(fronts.statistics)
    return as_markdown(fronts.caption, front_columns(fronts), rows, front_legend(fronts))


def front_latex(fronts: Fronts) -> str:
    """Return the table of fronts for LaTeX; it needs the ``booktabs`` package alone."""
    rows = front_standings(fronts.statistics)
    return as_latex(fronts.caption, front_columns(fronts), rows, ("failed", "distinct"))


def described(axis: ObjectiveAxis) -> str:
    """Return what is to be known of an objective, in a clause."""
    unit = f" {axis.unit}" if axis.unit not in ("", "1") else ""
    known = ", known without training" if axis.known else ""
    return (
        f"{axis.name} takes {axis.distinct:,} values, on the front {axis.best:.6g} to "
        f"{axis.worst:.6g}{unit}{known}"
    )


def front_legend(fronts: Fronts, leaders: str = "Bold") -> list[str]:
    """Return what a reader of the table of fronts has to know, a sentence each."""
    several = len(fronts.front)
    reference = ", ".join(f"{axis.name} {axis.reference:.6g}" for axis in fronts.axes)
    return [
        *fronts.words,
        f"The true front, of what is better than a guess, has {fronts.points} points ({several} of "
        f"{fronts.size:,} candidates, in `front.csv`): "
        f"{'; '.join(described(axis) for axis in fronts.axes)}.",
        "*hypervolume* is a mean over seeds, a share of the true front's, by the reference point "
        f"{reference}; *95 %* is the interval of the mean.",
        "*place* is the interval of the rank, from all pairs at once.",
        f"{leaders} is a 95 % set that holds the best (Hsu).",
        "*against random* is the difference of means from random search, seeds paired.",
        "*ε+* is by how much the worst served point of the true front is missed, *IGD+* the mean "
        "distance, both with the front's ranges as 1; *found*: share of its points that are there.",
        "A candidate is on a run's front until one that was trained as long is nowhere worse, as "
        "far as the search can see.",
        "*distinct*: functional classes that were trained. Rows in italics draw at random. What "
        "failed has its reason in `final.csv`.",
    ]
