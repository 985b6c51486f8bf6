"""Findings as tables to paste: Markdown and LaTeX."""

from __future__ import annotations

import re

from reports.columns import Column, columns
from reports.conclusions import warning
from reports.findings import Findings
from reports.leaderboard import LeaderboardRow, leaderboard
from reports.legend import legend
from reports.markup import booktabs, escaped, pipes
from reports.yardstick import BETTER, SAME, WORSE


def markdown(findings: Findings) -> str:
    """Return the leaderboard as a Markdown table with its caption and the meaning of its columns.

    Trivial rows are in italics; a 95 % set that holds the best is in bold.
    """
    shown = columns(findings)
    rows = []
    for row in leaderboard(findings.own):
        entries = [column.entry(row) for column in shown]
        if row.family == "trivial":
            entries[0] = f"*{entries[0]}*"
        if row.leads:
            entries[1] = _leading(entries[1], "**{}**")
        rows.append(entries)
    lines = pipes([column.heading for column in shown], rows)
    head = [findings.caption, *filter(None, [warning(findings)])]
    return "\n".join([" ".join(head), "", *lines, "", " ".join(legend(findings))]) + "\n"


NARROW = ("proxy", "τ-b", "over counting", "place", "regret")
"""Columns that fit into a column of a two-column paper."""


def latex(findings: Findings, *, full: bool = False) -> str:
    """Return the leaderboard for LaTeX: what fits into one column of a paper, or everything.

    It needs ``booktabs`` and ``graphicx``; the full table spans both columns.
    """
    shown = [c for c in columns(findings) if full or c.heading in NARROW]
    rows = []
    for row in leaderboard(findings.own):
        entries = [escaped(_entry(column, row)) for column in shown]
        if row.family == "trivial":
            entries[0] = rf"\emph{{{entries[0]}}}"
        if row.leads:
            entries[1] = _leading(entries[1], r"\textbf{{{}}}")
        rows.append(entries)
    notes = legend(findings, shown=[column.heading for column in shown])
    return booktabs(
        _marked(findings.caption),
        [escaped(column.heading) for column in shown],
        rows,
        label="tab:training-free-" + re.sub(r"\W+", "-", findings.label) + "-full" * full,
        notes=[_marked(note) for note in notes],
        wide=full,
    )


def _entry(column: Column[LeaderboardRow], row: LeaderboardRow) -> str:
    """Return an entry without the words that its interval says already."""
    return re.sub(rf" ({BETTER}|{SAME}|{WORSE})$", "", column.entry(row))


def _leading(entry: str, mark: str) -> str:
    """Return a value with its interval, the value marked."""
    value, space, ends = entry.partition(" ")
    return mark.format(value) + space + ends


def _marked(text: str) -> str:
    """Return a sentence of Markdown for LaTeX, with its emphasis and its code."""
    text = re.sub(r"\*([^*]+)\*", r"\\emph{\1}", escaped(text))
    return re.sub(r"`([^`]+)`", r"\\texttt{\1}", text)
