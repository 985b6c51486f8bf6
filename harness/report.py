"""The flow from judged scores to tables, figures and pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks.files import replace
from benchmarks.table import AccuracyTable
from harness.judging.findings import findings
from reports.figures import write_figures
from reports.page import page
from reports.tables import latex, leaderboard, markdown


def report(
    out: Path,
    table: AccuracyTable | None = None,
    beside: Sequence[Path] = (),
    more: Sequence[Path] = (),
    intervals: str | None = None,
) -> str:
    """Write correlations, tables, figures and the page of a run folder; return the table.

    Args:
        out: the run folder.
        table: the accuracies, where they have been read already; else the plan says where they are.
        beside: other run folders that the page shows too.
        more: CSV files of scores computed elsewhere.
        intervals: what they speak for, where it is not what the plan says.
    """
    found = findings(out, table, more, intervals)
    _csv(out / "correlations.csv", found.correlations)
    _csv(out / "differences.csv", found.differences)
    _csv(out / "ceilings.csv", found.ceilings)
    _text(out / "table.md", text := markdown(found))
    _text(out / "table.tex", latex(found))
    leaderboard(found.own).to_csv(out / "table.csv", index=False)
    _text(
        out / "report.html",
        page(
            [found, *map(findings, beside)], f"{found.settings['benchmark']}: training-free scores"
        ),
    )
    write_figures(out / "figures", found)
    return text


def _csv(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    replace(path, lambda unfinished: pd.DataFrame(rows).to_csv(unfinished, index=False))


def _text(path: Path, text: str) -> None:
    replace(path, lambda unfinished: unfinished.write_text(text, encoding="utf-8"))
