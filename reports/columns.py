"""The columns of a leaderboard: their headings, what they mean, and how an entry reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import pandas as pd

from reports.findings import Findings
from reports.leaderboard import FEWEST, LeaderboardRow
from reports.numbers import NO_VALUE, decimal, estimate, percent, places
from reports.yardstick import Gap, gaps, yardstick

Row = TypeVar("Row")

Entry = Callable[[LeaderboardRow], str]


class Column(NamedTuple, Generic[Row]):
    """A column of a table: its heading, how a row's entry reads, and what it means in a clause.

    Those that come ``first`` answer a reader's first questions; the rest is there on demand.
    ``smallest`` says that small numbers are the better ones.
    """

    heading: str
    entry: Callable[[Row], str]
    means: str = ""
    first: bool = False
    smallest: bool = False


def orders(shown: Sequence[Column[Any]]) -> list[str]:
    """Return the order of each column that puts the best on top; names, the first, ascend."""
    return [
        "ascending" if column.smallest or not i else "descending" for i, column in enumerate(shown)
    ]


def columns(findings: Findings) -> list[Column[LeaderboardRow]]:
    """Return the columns that a run's table has: what was not measured has none."""
    shares = {share.proxy: share.share for share in findings.seed_shares}
    statistics = {row.statistic for row in findings.own}
    over, control = gaps(findings), yardstick(findings)
    given, best = f"spearman_given_{control}", f"best tenth by {findings.measure}"

    def value(statistic: str, digits: int = 3, cells: str = "all", of: str = "all") -> Entry:
        return lambda row: (
            decimal(row.of(statistic, cells).value, digits)
            if row.of("kendall", of).n >= FEWEST
            else NO_VALUE
        )

    def gap(row: LeaderboardRow) -> str:
        difference: Gap | None = over.get(row.proxy)
        return NO_VALUE if difference is None else str(difference)

    possible: list[Column[LeaderboardRow]] = [
        Column("proxy", name, "the score", first=True),
        Column(
            "τ-b",
            lambda row: estimate(row.tau),
            f"Kendall's rank correlation with {findings.measure}, and its 95 % interval",
            first=True,
        ),
        Column(
            "over counting",
            gap,
            f"τ-b less that of {control}: better or worse where the 95 % interval leaves out 0",
            first=True,
        ),
        Column(
            "place",
            lambda row: places(row.tau.place_low, row.tau.place_high),
            "95 % interval of the rank, from all pairs at once",
            first=True,
            smallest=True,
        ),
        Column(
            "regret",
            value("regret", findings.digits),
            f"{findings.points} that the best of ten favourites lies behind the best cell",
            first=True,
            smallest=True,
        ),
        *_costs(findings),
        Column(
            "undefined",
            lambda row: str(row.tau.undefined),
            "cells without a score, which rank last",
            first=True,
            smallest=True,
        ),
        Column(
            "failed",
            lambda row: str(row.tau.failed),
            "cells whose scoring failed, which rank last",
            first=any(row.failed for row in findings.own),
            smallest=True,
        ),
        Column("τ-b defined", value("kendall_left_out"), "cells without a score left out"),
        Column(
            "τ-b without noise",
            lambda row: estimate(row.of("kendall_without_noise")),
            f"with the {findings.measure} that training without noise would reach",
        ),
        Column("ρ", value("spearman"), "Spearman's rank correlation"),
        Column(
            "τ-b classes",
            value("kendall", cells="classes", of="classes"),
            "over the first cell of each functional class",
        ),
        Column("τ-b top", top, f"over the {best}"),
        Column("τ-w", value("weighted_tau"), "each cell weighs one over its rank"),
        Column(
            "precision",
            value("precision", of="top"),
            f"share of the best tenth by score that is in the {best}",
        ),
        Column("partial ρ", value(given), f"Spearman's with {control} held constant"),
        Column(
            "seed",
            lambda row: percent(shares.get(row.proxy)),
            "share of the variance of ranks that is initialisation",
            smallest=True,
        ),
    ]
    lacking = {
        "over counting": not over,
        "τ-b without noise": "kendall_without_noise" not in statistics,
        "partial ρ": given not in statistics,
        "seed": not shares,
    }
    return [column for column in possible if not lacking.get(column.heading)]


def _costs(findings: Findings) -> list[Column[LeaderboardRow]]:
    """Return what a network costs: in units, where the run measured one, and in seconds."""
    seconds = {cost.proxy: cost.seconds for cost in findings.costs}
    units = {cost.proxy: cost.units for cost in findings.costs if pd.notna(cost.units)}
    told: list[Column[LeaderboardRow]] = []
    if units:
        told.append(
            Column(
                "cost",
                lambda row: decimal(units.get(row.proxy), 1),
                "in forward-backwards of the same networks in the same run",
                first=True,
                smallest=True,
            )
        )
    if seconds:
        told.append(
            Column(
                "seconds",
                lambda row: decimal(seconds.get(row.proxy), 2),
                "a network, alone; they depend on the machine and its load",
                first=not units,
                smallest=True,
            )
        )
    return told


def name(row: LeaderboardRow) -> str:
    """Return a proxy's name with the mark of its family."""
    marks = {"combination": " †", "few-step": " ‡", "elsewhere": " §", "one-shot": " ¶"}
    return row.proxy.replace("|", "/") + marks.get(row.family, "")


def top(row: LeaderboardRow) -> str:
    """Return Kendall among the best tenth with its interval; a dash where they are too few."""
    tau = row.of("kendall", "top")
    return estimate(tau) if tau.n >= FEWEST else NO_VALUE
