"""Numbers as text: decimals, intervals, counts and what is shown where there is none."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

NO_VALUE = "–"


def decimal(value: Any, digits: int = 3) -> str:
    """Return a number with fixed decimals, a true minus and no minus 0; a dash for none."""
    return NO_VALUE if pd.isna(value) else f"{value:z.{digits}f}".replace("-", "−")


def interval(low: float, high: float, digits: int = 3) -> str:
    """Return an interval in brackets, a dash where there is none."""
    return NO_VALUE if pd.isna(low) else f"[{decimal(low, digits)}, {decimal(high, digits)}]"


class Estimate(Protocol):
    """A value with the ends of its interval, NaN where it has none."""

    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def low(self) -> float: ...  # noqa: D102
    @property
    def high(self) -> float: ...  # noqa: D102


def estimate(statistic: Estimate, digits: int = 3) -> str:
    """Return a value with its interval, where it has one."""
    ends = "" if pd.isna(statistic.low) else f" {interval(statistic.low, statistic.high, digits)}"
    return decimal(statistic.value, digits) + ends


def places(low: float, high: float) -> str:
    """Return an interval of places, one number where its ends meet, a dash where there is none."""
    if pd.isna(low) or low == 0:
        return NO_VALUE
    return f"{low:.0f}" if low == high else f"{low:.0f}–{high:.0f}"


def percent(share: float | None) -> str:
    """Return a share as a whole percentage."""
    return NO_VALUE if pd.isna(share) else f"{100 * share:.0f} %".replace("-", "−")
