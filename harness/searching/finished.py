"""Searches of a run folder that are done, as they were stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import content_of_json
from benchmarks.printable import printable, reason
from benchmarks.table import AccuracyTable
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.runs.search_plan import SearchPlan
from harness.searching.flow import chosen_searchers, entry_of
from harness.searching.problems import read_table
from reports.entry import Entry

RUNS = {
    "searcher": "text",
    "seed": "whole",
    "status": "text",
    "reason": "text",
    "index": "number",
    "signal": "number",
    "spent": "number",
    "trainings": "number",
    "scored": "number",
    "distinct": "number",
    "notes": "text",
}
TRIALS = {
    "searcher": "text",
    "seed": "whole",
    "step": "whole",
    "index": "whole",
    "epochs": "whole",
    "spent": "number",
    "signal": "number",
}
"""What the columns of ``runs.parquet`` and ``trials.parquet`` hold."""


class StoredSearches(NamedTuple):
    """A folder's plan, where it ran, its accuracies, a row a run and a row a training."""

    plan: SearchPlan
    provenance: dict[str, Any]
    table: AccuracyTable
    runs: pd.DataFrame
    trials: pd.DataFrame
    entries: dict[str, Entry]

    @property
    def families(self) -> dict[str, str]:
        """The family of every searcher."""
        return {name: entry.family for name, entry in self.entries.items()}

    @property
    def words(self) -> tuple[str, ...]:
        """What is charged and what answers a question, in sentences."""
        return tuple(map(str, self.provenance.get("words", ())))


def finished(out: Path, table: AccuracyTable | None = None) -> StoredSearches:
    """Read a folder's searches; ``table`` are the accuracies, where they have been read already.

    Raises:
        BadInput: the folder holds no finished searches.
    """
    folder = RunFolder(out)
    plan, provenance = SearchPlan.read(folder.search_plan)
    for file in (RunFile.RUNS, RunFile.TRIALS):
        if not (out / file).exists():
            raise BadInput(f"`{out}` should hold `{file}`. It has none. Finish `harness search`.")
    runs = folder.read_parquet(out / RunFile.RUNS, RUNS)
    trials = folder.read_parquet(out / RunFile.TRIALS, TRIALS)
    entries = _entries(folder, plan)
    if strangers := sorted(set(runs["searcher"]) - set(entries)):
        raise BadInput(
            f"`{folder.searchers}` should say what each searcher is. It says nothing of "
            f"{printable(', '.join(strangers))}: run `harness search` again."
        )
    table = table or read_table(plan, 1)
    return StoredSearches(plan, provenance, table, runs, trials, entries)


def _entries(folder: RunFolder, plan: SearchPlan) -> dict[str, Entry]:
    """Return what searchers said of themselves; nothing is run to know it.

    Raises:
        BadInput: what is stored is damaged.
    """
    if not folder.searchers.exists():  # of an older version, whose built-ins are known
        return {pick.row: entry_of(pick) for pick in chosen_searchers(plan)}
    try:
        stored = content_of_json(folder.searchers)
        entries = {name: Entry(**about | {"members": ()}) for name, about in stored.items()}
        texts = [
            text for entry in entries.values() for text in (entry.name, entry.family, entry.text)
        ]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a searcher is described by what is no text")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"`{folder.searchers}` should say what each searcher is. It cannot be read "
            f"({reason(error)}). Run `harness search` again."
        ) from error
    return entries
