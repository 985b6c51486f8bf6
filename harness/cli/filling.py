"""What scoring and searching do to a run folder, for the command line and for notebooks."""

from __future__ import annotations

from pathlib import Path

from benchmarks.table import AccuracyTable
from harness.oneshot.flow import fill_oneshot
from harness.runs.devices import default_workers
from harness.runs.forms import TIME_LIMIT
from harness.runs.plan import Plan
from harness.runs.search_plan import SearchPlan
from harness.scoring.backends import backend
from harness.scoring.flow import fill, truth
from harness.searching.flow import fill as fill_searches
from harness.searching.front_report import check_reference
from harness.searching.problems import read_table


def score_folder(
    plan: Plan,
    out: Path,
    workers: int | None,
    *,
    scheduler: str | None = None,
    retry_failed: bool = False,
    time_limit: float = TIME_LIMIT,
) -> AccuracyTable:
    """Compute what a run folder lacks of a plan's scores, also of supernets.

    Args:
        plan: says what is scored.
        out: the run folder.
        workers: processes; one a core where it is None.
        scheduler: the address of a Dask scheduler whose workers score instead.
        retry_failed: whether what is stored as failed is computed again.
        time_limit: seconds after which a formula fails on a network.

    Returns:
        The accuracies that the scores are judged by.
    """
    table = truth(plan, workers or default_workers())
    with backend(plan, workers, scheduler) as processes:
        fill(plan, table, out, processes, retry_failed, workers, time_limit)
    fill_oneshot(plan, table, out, workers, retry_failed)
    return table


def search_folder(
    plan: SearchPlan, out: Path, workers: int | None, *, retry_failed: bool = False
) -> AccuracyTable:
    """Run the searches that a run folder lacks; the arguments are those of :func:`score_folder`."""
    processes = workers or default_workers()
    table = read_table(plan, processes)
    check_reference(plan, table)
    fill_searches(plan, table, out, processes, retry_failed=retry_failed)
    return table
