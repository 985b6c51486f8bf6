"""One row a score, best first: what every table, figure and sentence of a report starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import pandas as pd

from reports.rows import Correlation

LEVEL = 0.05
"""Proxies whose p-value of being the best is at least this are a 95 % set that holds the best."""


FAVOURITES = 10
"""Cells that are trained for the regret that the table shows."""


FEWEST = 30
"""Rows below which nothing is said but tau and its interval, and those under a warning."""

NAN = float("nan")


@dataclass(frozen=True)
class LeaderboardRow:
    """One score of a leaderboard.

    Attributes:
        tau: Kendall over all cells, with what is known of its place.
        statistics: every statistic, by its name and the cells that it is over; of regret that of
            :data:`FAVOURITES`.
    """

    tau: Correlation
    statistics: Mapping[tuple[str, str], Correlation]

    @property
    def proxy(self) -> str:
        """The score's name."""
        return self.tau.proxy

    @property
    def family(self) -> str:
        """What kind of score it is."""
        return self.tau.family

    @property
    def judged(self) -> bool:
        """Whether it has a place: what has no interval does not lead."""
        return self.tau.place_low > 0

    @property
    def leads(self) -> bool:
        """Whether it is in the 95 % set that holds the best."""
        return self.judged and (self.tau.behind == 0 or self.tau.p_best >= LEVEL)

    def of(self, statistic: str, cells: str = "all") -> Correlation:
        """Return a statistic over some cells, without a value where there is none."""
        none = Correlation(*self.tau[:6], cells, statistic, NAN, NAN, NAN, 0, 0, 0, self.family)
        return self.statistics.get((statistic, cells), none)


def leaderboard(rows: Sequence[Correlation]) -> list[LeaderboardRow]:
    """Return one row a proxy, best Kendall over all cells first, what has no value last."""
    of: dict[str, dict[tuple[str, str], Correlation]] = {}
    for row in rows:
        if row.statistic != "regret" or row.k == FAVOURITES:
            of.setdefault(row.proxy, {})[row.statistic, row.cells] = row
    board = [LeaderboardRow(own["kendall", "all"], own) for own in of.values()]
    return sorted(board, key=lambda row: (not row.judged, *best_first(row.tau.value), row.proxy))


def best_first(value: float) -> tuple[bool, float]:
    """Return what sorts values so that the largest comes first and a missing one last."""
    return isnan(value), 0.0 if isnan(value) else -value


def as_frame(board: Sequence[LeaderboardRow]) -> pd.DataFrame:
    """Return a leaderboard for files and notebooks.

    Columns: ``proxy``; each statistic's value by its name (``kendall``, ``spearman``, ``regret``,
    ...) and the ends of its interval with ``_low`` and ``_high`` appended, over all cells, or over
    those that a further word names (``kendall_classes``, ``kendall_top``); of Kendall over all
    cells ``n``, ``undefined``, ``failed``, ``place_low``, ``place_high``, ``p_best``, ``behind``,
    ``family`` and ``needs``; ``n_classes``, ``n_top``; ``judged``.
    """
    named = sorted({key for row in board for key in row.statistics})
    return pd.DataFrame(
        {"proxy": row.proxy}
        | {
            f"{_column(*key)}{suffix}": getattr(row.of(*key), end)
            for end, suffix in (("value", ""), ("low", "_low"), ("high", "_high"))
            for key in named
        }
        | {name: getattr(row.tau, name) for name in KEPT}
        | {f"n_{cells}": row.of("kendall", cells).n for cells in ("classes", "top")}
        | {"judged": row.judged}
        for row in board
    )


def _column(statistic: str, cells: str) -> str:
    return statistic if cells == "all" else f"{statistic}_{cells}"


KEPT = (
    *("n", "undefined", "failed", "place_low", "place_high", "p_best", "behind", "family"),
    "needs",
)
"""What a frame has of Kendall over all cells besides its value."""
