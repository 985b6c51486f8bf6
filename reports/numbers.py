"""Numbers as a reader sees them."""

from __future__ import annotations

from typing import Any

import pandas as pd

NO_VALUE = "–"


def decimal(value: Any, digits: int = 3) -> str:
    """Return a number with fixed decimals and a true minus sign, a dash where there is none."""
    return NO_VALUE if pd.isna(value) else f"{value:.{digits}f}".replace("-", "−")


def interval(low: float, high: float) -> str:
    """Return an interval in brackets, a dash where there is none."""
    return NO_VALUE if pd.isna(low) else f"[{decimal(low)}, {decimal(high)}]"


def estimate(row: pd.Series, column: str) -> str:
    """Return a value of the leaderboard with its interval, where it has one."""
    low, high = row[f"{column} low"], row[f"{column} high"]
    ends = "" if pd.isna(low) else f" {interval(low, high)}"
    return decimal(row[column]) + ends


def places(low: int, high: int) -> str:
    """Return an interval of places, one number where its ends meet."""
    if low == 0:
        return NO_VALUE
    return str(low) if low == high else f"{low}–{high}"


def percent(share: float | None) -> str:
    """Return a share as a whole percentage."""
    return NO_VALUE if pd.isna(share) else f"{100 * share:.0f} %".replace("-", "−")
