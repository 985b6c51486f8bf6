"""Searches of a run folder that are done, as they were stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.table import AccuracyTable
from harness.folder import RunFolder
from harness.searching.flow import chosen_searchers
from harness.searching.plan import SearchPlan
from harness.searching.plugins import load_searcher_file
from harness.searching.posing import read_table
from reports.entry import Entry
from searchers import Chosen


class Finished(NamedTuple):
    """A folder's plan, where it ran, its accuracies, a row a run and a row a training."""

    plan: SearchPlan
    provenance: dict[str, Any]
    table: AccuracyTable
    runs: pd.DataFrame
    trials: pd.DataFrame
    chosen: list[Chosen]

    @property
    def families(self) -> dict[str, str]:
        """The family of every searcher."""
        return {one.row: one.searcher.family for one in self.chosen}

    @property
    def entries(self) -> dict[str, Entry]:
        """What every searcher is."""
        return {
            one.row: Entry(one.row, one.searcher.family, one.searcher.source, one.searcher.text)
            for one in self.chosen
        }

    @property
    def words(self) -> tuple[str, ...]:
        """What is charged and what answers a question, in sentences."""
        return tuple(self.provenance["words"])


def finished(out: Path, table: AccuracyTable | None = None) -> Finished:
    """Read a folder's searches; ``table`` are the accuracies, where they have been read already.

    Raises:
        BadInput: the folder holds no finished searches.
    """
    plan, provenance = SearchPlan.read(RunFolder(out).search_plan)
    for path in plan.searcher_files:
        load_searcher_file(Path(path))
    try:
        runs, trials = (pd.read_parquet(out / name) for name in ("runs.parquet", "trials.parquet"))
    except (OSError, ValueError) as error:
        raise BadInput(
            f"`{out}` should hold `runs.parquet` and `trials.parquet`. They cannot be read. Finish "
            "`harness search`."
        ) from error
    table = table or read_table(plan, 1)
    return Finished(plan, provenance, table, runs, trials, chosen_searchers(plan))
