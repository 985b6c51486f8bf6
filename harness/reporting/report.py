"""The flow from judged scores to tables, figures and pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.files import put
from benchmarks.table import AccuracyTable
from harness import PACKAGES
from harness.atlases import names
from harness.reporting.versions import versions
from harness.runs.plan import Plan
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.scoring.flow import truth

if TYPE_CHECKING:
    from reports.findings import Findings
    from reports.fronts import Fronts
    from reports.searches import Searches


def report(
    out: Path,
    table: AccuracyTable | None = None,
    beside: Sequence[Path] = (),
    more: Sequence[Path] = (),
    intervals: str | None = None,
) -> str:
    """Write correlations, tables, figures and the page of a run folder; return the table.

    The page has a section for every folder that holds searches. A folder that holds nothing else is
    reported as such.

    Args:
        out: the run folder.
        table: the accuracies, where they have been read already; else the plan says where they are.
        beside: other run folders that the page shows too.
        more: CSV files of scores computed elsewhere.
        intervals: what they speak for, where it is not what the plan says.
    """
    folder = RunFolder(out)
    if folder.search_plan.exists() and not folder.plan.exists():
        from harness.searching.report import report_searches

        return report_searches(out)
    plan = Plan.read(folder.plan)[0]
    table = table or truth(plan, 1)
    shown = _digest(folder, plan, table, beside, more, intervals or plan.intervals)
    if _digest_of(folder) == shown and all((out / name).exists() for name in WRITTEN):
        return (out / RunFile.TABLE).read_text(encoding="utf-8")
    from harness.judging.findings import findings  # drawing and judging take seconds to import
    from reports.figures import write_figures
    from reports.leaderboard import as_frame, leaderboard
    from reports.page import page
    from reports.plain import plain
    from reports.summary import summary
    from reports.supernets import supernets
    from reports.tables import latex, markdown

    judged = findings(out, table, more, intervals)
    searched = [run for run in (out, *beside) if RunFolder(run).search_plan.exists()]
    others = [
        findings(run) for run in beside if run not in searched or RunFolder(run).plan.exists()
    ]
    folder.parquet(RunFile.COMBINATIONS, _combinations(judged))
    folder.csv(RunFile.CORRELATIONS, judged.correlations)
    folder.csv(RunFile.DIFFERENCES, judged.differences)
    folder.csv(RunFile.CEILINGS, judged.ceilings)
    folder.csv(RunFile.TABLE_CSV, as_frame(leaderboard(judged.own)))
    sharing = supernets(judged.supernets, judged.supernet_differences)
    folder.text(RunFile.TABLE, text := "\n".join(filter(None, (markdown(judged), sharing))))
    if sharing:
        folder.csv(RunFile.SUPERNETS, judged.supernets)
        folder.csv(RunFile.SUPERNET_DIFFERENCES, judged.supernet_differences)
    folder.text(RunFile.TABLE_LATEX, latex(judged))
    folder.text(RunFile.SUMMARY, summary(judged))
    folder.text(RunFile.TABLE_LATEX_FULL, latex(judged, full=True))
    folder.csv(RunFile.LEADERBOARD, plain(judged))
    title = f"{judged.settings['benchmark']}: training-free scores"
    pictures = write_figures(folder.figures, judged, put)
    runs = [(judged, pictures), *((run, {}) for run in others)]
    folder.text(RunFile.PAGE, page(runs, title, _searches(searched), LINKED))
    folder.text(RunFile.SHOWN, json.dumps({"shows": shown}) + "\n")
    return text


def _searches(runs: Sequence[Path]) -> list[tuple[Searches | Fronts, dict[str, bytes]]]:
    if not runs:
        return []
    from harness.searching.report import judged_folder

    return [(judged_folder(run), {}) for run in runs]


WRITTEN = (
    RunFile.TABLE,
    RunFile.SUMMARY,
    RunFile.TABLE_LATEX,
    RunFile.TABLE_LATEX_FULL,
    RunFile.TABLE_CSV,
    RunFile.LEADERBOARD,
    RunFile.PAGE,
    RunFile.DRAWN,
)
"""What has to be there still."""


LINKED = (
    RunFile.LEADERBOARD,
    RunFile.TABLE_CSV,
    RunFile.TABLE,
    RunFile.TABLE_LATEX,
    RunFile.TABLE_LATEX_FULL,
    RunFile.CORRELATIONS,
    RunFile.DIFFERENCES,
    RunFile.SCORES,
)
"""What the page links."""


def _digest(
    folder: RunFolder,
    plan: Plan,
    table: AccuracyTable,
    beside: Sequence[Path],
    more: Sequence[Path],
    intervals: str,
) -> str:
    """Digest all that a report is made from: scores, accuracies, other runs, files, and code."""
    others = [RunFolder(run) for run in beside]
    files = [file for run in (folder, *others) for file in run.read_by_reports]
    files += [*map(Path, plan.scores), *more]
    files += sorted(names.FOLDER.glob("*.json")) if plan.atlas else []
    home = Path(__file__).parents[2]
    for package in PACKAGES:
        for suffix in ("py", "jinja", "css", "js"):
            files += sorted((home / package).rglob(f"*.{suffix}"))
    total = hashlib.sha256(pd.util.hash_pandas_object(table.rows).to_numpy().tobytes())
    total.update(repr([intervals, *versions()]).encode())
    for file in files:
        total.update(str(file).encode())
        total.update(file.read_bytes() if file.is_file() else b"")
    return total.hexdigest()


def _digest_of(folder: RunFolder) -> str:
    """Return what the report that is there shows; empty where there is none."""
    try:
        return str(json.loads((folder.path / RunFile.SHOWN).read_text(encoding="utf-8"))["shows"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _combinations(findings: Findings) -> pd.DataFrame:
    """Return the scores that are made of others' ranks, in the columns of ``scores.parquet``."""
    combined = {row.proxy for row in findings.own if row.family == "combination"}
    rows = findings.cells[findings.cells["proxy"].isin(combined)]
    sees = f"ranks over {findings.cells['index'].nunique()} cells"
    return rows.assign(sees=sees).drop(columns=["signed", "accuracy"])
