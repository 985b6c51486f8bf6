"""One row a searcher: what tables of searches and tables of fronts have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.columns import Column
from reports.leaderboard import LEVEL, best_first
from reports.markup import booktabs, escaped, pipes
from reports.numbers import decimal, estimate, interval, percent, places
from reports.rows import SearchStatistic

ITALIC = ("trivial", "limit")
"""Families of rows that draw at random, or are limits of the space."""

AWKWARD = {"±": r"$\pm$", "ε": r"$\varepsilon$"}
"""What LaTeX has its own words for."""


@dataclass(frozen=True)
class SearcherRow:
    """One searcher of a table, or a limit of the space.

    Attributes:
        main: the statistic that searchers are ordered by, with what is known of its place.
        statistics: every one, by dataset and name.
    """

    main: SearchStatistic
    statistics: Mapping[tuple[str, str], SearchStatistic]

    @property
    def searcher(self) -> str:
        """The searcher's name."""
        return self.main.searcher

    @property
    def family(self) -> str:
        """What kind of searcher it is, or ``limit``."""
        return self.main.family

    @property
    def leads(self) -> bool:
        """Whether it is in the 95 % set that holds the best."""
        return self.main.p_best >= LEVEL

    def of(self, statistic: str, dataset: str | None = None) -> SearchStatistic:
        """Return a statistic, of the main one's dataset by default; without a value if unknown."""
        name = self.main.dataset if dataset is None else dataset
        none = SearchStatistic(self.searcher, self.family, name, statistic, float("nan"))
        return self.statistics.get((name, statistic), none)


def ranked(statistics: Iterable[SearchStatistic], dataset: str, main: str) -> list[SearcherRow]:
    """Return one row a searcher, the largest main statistic first, what has no value last."""
    of: dict[str, dict[tuple[str, str], SearchStatistic]] = {}
    for row in statistics:
        of.setdefault(row.searcher, {})[row.dataset, row.statistic] = row
    rows = [SearcherRow(own[dataset, main], own) for own in of.values()]
    return sorted(rows, key=lambda row: (*best_first(row.main.value), row.searcher))


def searcher_column() -> Column[SearcherRow]:
    """Return the column of names."""
    return Column("searcher", lambda row: row.searcher.replace("|", "/"))


def value_of(name: str, digits: int) -> Callable[[SearcherRow], str]:
    """Return what reads a statistic from a row."""
    return lambda row: decimal(row.of(name).value, digits)


def share_of(name: str) -> Callable[[SearcherRow], str]:
    """Return what reads a share from a row."""
    return lambda row: percent(row.of(name).value)


def against(name: str, digits: int) -> list[Column[SearcherRow]]:
    """Return the interval of the main statistic, its place, and its difference from random's."""
    return [
        Column("95 %", lambda row: interval(row.main.low, row.main.high, digits)),
        Column("place", lambda row: places(row.main.place_low, row.main.place_high), smallest=True),
        Column("against random", lambda row: estimate(row.of(name), digits)),
    ]


def spending(unit: str) -> list[Column[SearcherRow]]:
    """Return the columns of what runs took."""
    short = "s" if unit.endswith("seconds") else "cost"
    return [
        Column("trainings", value_of("trainings", 1), smallest=True),
        Column("distinct", value_of("distinct", 1), smallest=True),
        Column(f"spent ({short})", value_of("spent", 0), smallest=True),
        Column("failed", lambda row: str(row.main.failed), smallest=True),
    ]


def as_markdown(
    caption: str,
    shown: Sequence[Column[SearcherRow]],
    rows: Iterable[SearcherRow],
    legend: Iterable[str],
) -> str:
    """Return a table with its caption and the meaning of its columns."""
    lines = []
    for row in rows:
        name, first, *rest = (column.entry(row) for column in shown)
        name = f"*{name}*" if row.family in ITALIC else name
        lines.append([name, f"**{first}**" if row.leads else first, *rest])
    table = pipes([column.heading for column in shown], lines)
    return "\n".join([caption, "", *table, "", " ".join(legend)]) + "\n"


def as_latex(
    caption: str,
    shown: Sequence[Column[SearcherRow]],
    rows: Iterable[SearcherRow],
    left_out: Sequence[str],
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
    for row in rows:
        name, first, *rest = (_latex(column.entry(row)) for column in kept)
        name = rf"\emph{{{name}}}" if row.family in ITALIC else name
        lines.append([name, rf"\textbf{{{first}}}" if row.leads else first, *rest])
    return booktabs(escaped(caption), [_latex(column.heading) for column in kept], lines)


def _latex(text: str) -> str:
    text = escaped(text)
    for symbol, code in AWKWARD.items():
        text = text.replace(symbol, code)
    return text
