"""The question a reader has first: is a score better than counting parameters?"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from reports.findings import Findings
from reports.numbers import NO_VALUE, decimal, interval

COUNTS = ("live_params", "params")
"""Rows that count parameters; the stronger of those at hand is the yardstick."""

BETTER, SAME, WORSE = "better", "same", "worse"


class Gap(NamedTuple):
    """Kendall's tau of a score less that of the yardstick, over all cells, and its interval.

    The interval is a point where nothing was sampled: all cells, scored once.
    """

    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the interval leaves out 0, else ``same``; or nothing."""
        if pd.isna(self.low):
            return ""
        return BETTER if self.low > 0 else WORSE if self.high < 0 else SAME

    def __str__(self) -> str:
        if pd.isna(self.difference):
            return NO_VALUE
        text = decimal(self.difference)
        signed = text if text.startswith("−") else f"+{text}"
        ends = f" {interval(self.low, self.high)}" if self.low < self.high else ""
        return f"{signed}{ends} {self.verdict}".rstrip()


def yardstick(findings: Findings) -> str | None:
    """Return the count with the larger Kendall over all cells, if any is defined."""
    values = {
        row.proxy: row.value
        for row in findings.own
        if (row.cells, row.statistic) == ("all", "kendall") and row.proxy in COUNTS
    }
    known = [name for name in COUNTS if pd.notna(values.get(name))]
    return max(known, key=lambda name: values[name], default=None)


def gaps(findings: Findings) -> dict[str, Gap]:
    """Return every other score's difference from the yardstick, by name."""
    control = yardstick(findings)
    over = {}
    for row in findings.differences:
        if (row.cells, row.statistic) != ("all", "kendall"):
            continue
        if row.second == control:
            over[row.first] = Gap(row.difference, row.low, row.high)
        elif row.first == control:
            over[row.second] = Gap(-row.difference, -row.high, -row.low)
    return over
