"""The first rows of a leaderboard, aligned for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from reports.columns import columns
from reports.conclusions import warning
from reports.findings import Findings
from reports.leaderboard import leaderboard

ROWS = 5


def summary(findings: Findings) -> str:
    """Return the best rows with the columns that come first, and why they may mean little."""
    board = leaderboard(findings.own)
    shown = [column for column in columns(findings) if column.first]
    rows = [[column.entry(row) for column in shown] for row in board[:ROWS]]
    lines = aligned([[column.heading for column in shown], *rows])
    if len(board) > ROWS:
        lines.append(f"... and {len(board) - ROWS} more")
    return "\n".join(filter(None, [*lines, warning(findings)])) + "\n"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return lines whose columns stand below one another, the first to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text.rjust(width) if i else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
