"""Fronts that searches found, as tables to paste: Markdown, LaTeX, and a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from reports.columns import Column
from reports.fronts import Axis, Fronts
from reports.leaderboard import LEVEL
from reports.markup import booktabs, escaped, pipes
from reports.numbers import NO_VALUE, decimal, percent, places
from reports.rows import SearchStatistic

MAIN = "hypervolume"

AGAINST = "_against_random"


def front_standings(statistics: Sequence[SearchStatistic]) -> pd.DataFrame:
    """Return one row a searcher, the largest mean hypervolume first.

    Columns: ``searcher``, ``family``, every statistic and its interval as ``STATISTIC`` with
    ``low`` or ``high`` appended, ``place_low``, ``place_high``, ``p_best``, ``failed`` and ``n`` of
    the hypervolume, and ``p_holm`` of its difference from random search.
    """
    frame = pd.DataFrame(statistics)
    parts: list[pd.DataFrame | pd.Series] = [
        frame.pivot(index="searcher", columns="statistic", values=value).add_suffix(suffix)
        for value, suffix in (("value", ""), ("low", " low"), ("high", " high"))
    ]
    kept = ["family", "place_low", "place_high", "p_best", "failed", "n"]
    main = frame[frame["statistic"] == MAIN].set_index("searcher")[kept]
    against = frame[frame["statistic"] == MAIN + AGAINST].set_index("searcher")["p_holm"]
    table = pd.concat([*parts, main, against], axis=1)
    if MAIN + AGAINST not in table:
        table[[f"{MAIN}{AGAINST}{end}" for end in ("", " low", " high")]] = float("nan")
    return table.reset_index(names="searcher").sort_values(
        [MAIN, "searcher"], ascending=[False, True], na_position="last", ignore_index=True
    )


def leads(row: pd.Series) -> bool:
    """Whether a row is in the 95 % set that holds the best."""
    return bool(row["p_best"] >= LEVEL)


def front_columns(found: Fronts) -> list[Column]:
    """Return the columns that the table of fronts has."""
    unit = "s" if found.unit.endswith("seconds") else "cost"
    return [
        Column("searcher", lambda row: str(row["searcher"]).replace("|", "/")),
        Column("hypervolume", _value(MAIN, 3)),
        Column("95 %", lambda row: interval(row, MAIN)),
        Column("place", _places, smallest=True),
        Column("against random", lambda row: estimate(row, MAIN + AGAINST)),
        Column("ε+", _value("epsilon", 3), smallest=True),
        Column("IGD+", _value("igd_plus", 3), smallest=True),
        Column("found", lambda row: percent(row["found"])),
        Column("trainings", _value("trainings", 1), smallest=True),
        Column("distinct", _value("distinct", 1), smallest=True),
        Column(f"spent ({unit})", _value("spent", 0), smallest=True),
        Column("failed", lambda row: str(int(row["failed"])), smallest=True),
    ]


def _value(name: str, digits: int) -> Callable[[pd.Series], str]:
    return lambda row: decimal(row.get(name), digits)


def interval(row: pd.Series, name: str) -> str:
    """Return the interval of a statistic in brackets, a dash where it has none."""
    low, high = row[f"{name} low"], row[f"{name} high"]
    return NO_VALUE if pd.isna(low) else f"[{decimal(low)}, {decimal(high)}]"


def estimate(row: pd.Series, name: str) -> str:
    """Return a statistic with its interval, a dash where there is none."""
    return NO_VALUE if pd.isna(row[name]) else f"{decimal(row[name])} {interval(row, name)}"


def _places(row: pd.Series) -> str:
    known = not pd.isna(row["place_low"])
    return places(int(row["place_low"]), int(row["place_high"])) if known else NO_VALUE


def front_rows(found: Fronts) -> list[tuple[pd.Series, list[str]]]:
    """Return each row of the table and its entries."""
    shown = front_columns(found)
    rows = [row for _, row in front_standings(found.statistics).iterrows()]
    return [(row, [column.entry(row) for column in shown]) for row in rows]


def front_markdown(found: Fronts) -> str:
    """Return the table of fronts with its caption and the meaning of its columns."""
    rows = []
    for row, entries in front_rows(found):
        if row["family"] == "trivial":
            entries[0] = f"*{entries[0]}*"
        if leads(row):
            entries[1] = f"**{entries[1]}**"
        rows.append(entries)
    lines = pipes([column.heading for column in front_columns(found)], rows)
    return "\n".join([found.caption, "", *lines, "", " ".join(front_legend(found))]) + "\n"


def front_latex(found: Fronts) -> str:
    """Return the table of fronts for LaTeX; it needs the ``booktabs`` package alone."""
    headings = [column.heading for column in front_columns(found)]
    kept = [i for i, heading in enumerate(headings) if heading not in ("failed", "distinct")]
    rows = []
    for row, entries in front_rows(found):
        cells = [_latex(entry) for entry in entries]
        if row["family"] == "trivial":
            cells[0] = rf"\emph{{{cells[0]}}}"
        if leads(row):
            cells[1] = rf"\textbf{{{cells[1]}}}"
        rows.append([cells[i] for i in kept])
    return booktabs(escaped(found.caption), [_latex(headings[i]) for i in kept], rows)


def _latex(text: str) -> str:
    return escaped(text).replace("ε", r"$\varepsilon$")


def described(axis: Axis) -> str:
    """Return what is to be known of an objective, in a clause."""
    unit = f" {axis.unit}" if axis.unit not in ("", "1") else ""
    known = ", known without training" if axis.known else ""
    return (
        f"{axis.name} takes {axis.distinct:,} values, on the front {axis.best:.6g} to "
        f"{axis.worst:.6g}{unit}{known}"
    )


def front_legend(found: Fronts, leaders: str = "Bold") -> list[str]:
    """Return what a reader of the table of fronts has to know, a sentence each."""
    several = len(found.front)
    reference = ", ".join(f"{axis.name} {axis.reference:.6g}" for axis in found.axes)
    return [
        *found.words,
        f"The true front, of what is better than a guess, has {found.points} points ({several} of "
        f"{found.size:,} candidates, in `front.csv`): "
        f"{'; '.join(described(axis) for axis in found.axes)}.",
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
