"""One row a searcher: what tables of searches and tables of fronts have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pandas as pd

from reports.columns import Column
from reports.leaderboard import LEVEL
from reports.markup import booktabs, escaped, pipes
from reports.numbers import decimal, estimate, interval, places

ITALIC = ("trivial", "limit")
"""Families of rows that draw at random, or are limits of the space."""

AWKWARD = {"±": r"$\pm$", "ε": r"$\varepsilon$"}
"""What LaTeX has its own words for."""


def leads(row: pd.Series) -> bool:
    """Whether a row is in the 95 % set that holds the best."""
    return bool(row["p_best"] >= LEVEL)


def searcher_column() -> Column:
    """Return the column of names."""
    return Column("searcher", lambda row: str(row["searcher"]).replace("|", "/"))


def value_of(name: str, digits: int) -> Callable[[pd.Series], str]:
    """Return what reads a statistic from a row."""
    return lambda row: decimal(row.get(name), digits)


def against(main: str, name: str, digits: int) -> list[Column]:
    """Return the interval of the main statistic, its place, and its difference from random's."""
    return [
        Column("95 %", lambda row: interval(row[f"{main} low"], row[f"{main} high"], digits)),
        Column("place", lambda row: places(row["place_low"], row["place_high"]), smallest=True),
        Column("against random", lambda row: estimate(row, name, digits)),
    ]


def spending(unit: str) -> list[Column]:
    """Return the columns of what runs took."""
    short = "s" if unit.endswith("seconds") else "cost"
    return [
        Column("trainings", value_of("trainings", 1), smallest=True),
        Column("distinct", value_of("distinct", 1), smallest=True),
        Column(f"spent ({short})", value_of("spent", 0), smallest=True),
        Column("failed", lambda row: str(int(row["failed"])), smallest=True),
    ]


def as_markdown(
    caption: str, shown: Sequence[Column], rows: pd.DataFrame, legend: Iterable[str]
) -> str:
    """Return a table with its caption and the meaning of its columns."""
    lines = []
    for _, row in rows.iterrows():
        name, first, *rest = (column.entry(row) for column in shown)
        name = f"*{name}*" if row["family"] in ITALIC else name
        lines.append([name, f"**{first}**" if leads(row) else first, *rest])
    table = pipes([column.heading for column in shown], lines)
    return "\n".join([caption, "", *table, "", " ".join(legend)]) + "\n"


def as_latex(
    caption: str, shown: Sequence[Column], rows: pd.DataFrame, left_out: Sequence[str]
) -> str:
    """Return a table for LaTeX; it needs ``booktabs`` and ``graphicx``.

    Args:
        caption: what it shows.
        shown: its columns.
        rows: one a searcher.
        left_out: headings of columns that a page has no room for.
    """
    kept = [column for column in shown if column.heading not in left_out]
    lines = []
    for _, row in rows.iterrows():
        name, first, *rest = (_latex(column.entry(row)) for column in kept)
        name = rf"\emph{{{name}}}" if row["family"] in ITALIC else name
        lines.append([name, rf"\textbf{{{first}}}" if leads(row) else first, *rest])
    return booktabs(escaped(caption), [_latex(column.heading) for column in kept], lines)


def _latex(text: str) -> str:
    text = escaped(text)
    for symbol, code in AWKWARD.items():
        text = text.replace(symbol, code)
    return text
