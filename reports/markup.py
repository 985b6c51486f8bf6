"""Tables of text as Markdown and as LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Row = Sequence[str]


def pipes(headings: Row, rows: Iterable[Row]) -> list[str]:
    """Return the lines of a Markdown table, its first column to the left."""
    lines = [f"| {' | '.join(headings)} |", "|:--|" + "--:|" * (len(headings) - 1)]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def booktabs(caption: str, headings: Row, rows: Iterable[Row]) -> str:
    """Return a LaTeX table of text that is LaTeX already; it needs ``booktabs`` alone."""
    lines = [
        r"\begin{table}",
        r"\centering\scriptsize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{caption}}}",
        r"\begin{tabular}{l" + "r" * (len(headings) - 1) + "}",
        r"\toprule",
        " & ".join(headings) + r" \\",
        r"\midrule",
        *(" & ".join(row) + r" \\" for row in rows),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"
