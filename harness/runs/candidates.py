"""The candidates of a plan, and the design that they were drawn by."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.printable import printable
from benchmarks.table import AccuracyTable
from harness.runs.cells import select
from harness.runs.designs import Design, design_of
from harness.runs.forms import part_of
from harness.runs.plan import Plan


def chosen_cells(plan: Plan, table: AccuracyTable) -> pd.DataFrame:
    """Return the run's candidates, columns ``index, arch, class``, by index."""
    named = table.accuracy(plan.accuracy)
    candidates = table.candidates.loc[named.index]
    chosen = select(plan.cells, candidates, plan.space, plan.data)
    cells = chosen.rename("arch").rename_axis("index").reset_index()
    cells["class"] = cells["arch"].map(plan.space.representative)
    shard = part_of(plan.shard)
    if shard is None:
        raise BadInput(
            f"`--shard` should be i/n with 1 <= i <= n. Found `{printable(plan.shard)}`."
        )
    part, parts = shard
    position = cells["class"].map({c: i for i, c in enumerate(sorted(set(cells["class"])))})
    cells = cells[position % parts == part - 1]
    if cells.empty:
        raise BadInput(
            f"`--shard {printable(plan.shard)}` should hold at least one cell. It holds none."
        )
    return cells.reset_index(drop=True)


def design(plan: Plan, table: AccuracyTable, cells: pd.DataFrame) -> Design:
    """Return how a plan's cells were drawn, and from what."""
    candidates = table.candidates.loc[table.accuracy(plan.accuracy).index]
    drawn = design_of(plan.cells, cells, candidates, plan.space, plan.data, plan.intervals)
    if drawn.name != "all":
        return drawn
    left = "One initialisation was scored, so that there is no interval."
    if plan.seeds > 1:
        left = f"Intervals are of the mean over {plan.seeds} initialisations."
    return replace(drawn, words=f"{drawn.words} {left}")
