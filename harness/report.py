"""The flow from judged scores to tables, figures and pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks.table import AccuracyTable
from harness.folder import RunFolder
from harness.judging.findings import findings
from reports.figures import write_figures
from reports.findings import Findings
from reports.page import page
from reports.tables import latex, leaderboard, markdown


def report(
    out: Path,
    table: AccuracyTable | None = None,
    beside: Sequence[Path] = (),
    more: Sequence[Path] = (),
) -> str:
    """Write correlations, tables, figures and the page of a run folder; return the table.

    Args:
        out: the run folder.
        table: the accuracies, where they have been read already; else the plan says where they are.
        beside: other run folders that the page shows too.
        more: CSV files of scores computed elsewhere.
    """
    folder, found = RunFolder(out), findings(out, table, more)
    others = [findings(run) for run in beside]
    folder.parquet("combinations.parquet", _combinations(found))
    folder.csv("correlations.csv", found.correlations)
    folder.csv("differences.csv", found.differences)
    folder.csv("ceilings.csv", found.ceilings)
    folder.csv("table.csv", leaderboard(found.own))
    folder.text("table.md", text := markdown(found))
    folder.text("table.tex", latex(found))
    title = f"{found.settings['benchmark']}: training-free scores"
    folder.text("report.html", page([found, *others], title))
    write_figures(folder.figures, found)
    return text


def _combinations(found: Findings) -> pd.DataFrame:
    """Return the scores that are made of others' ranks, in the columns of ``scores.parquet``."""
    combined = {row.proxy for row in found.own if row.family == "combination"}
    rows = found.cells[found.cells["proxy"].isin(combined)]
    sees = f"ranks over {found.cells['index'].nunique()} cells"
    return rows.assign(sees=sees).drop(columns=["signed", "accuracy"])
