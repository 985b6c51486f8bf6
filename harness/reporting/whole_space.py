"""An atlas shown: its table at once, and a run folder of it where one is asked for.

Of drawn candidates the table is a run's, with intervals for the whole space.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.table import AccuracyName, AccuracyTable
from harness.atlases.stored import Atlas, current
from harness.folders.run_files import RunFile
from harness.folders.run_folder import RunFolder
from harness.judging.findings import judged, other_accuracies
from harness.judging.run_scores import RunScores
from harness.judging.whole_space import worths
from harness.plans.candidates import chosen_cells, design
from harness.plans.plan import Plan, provenance
from harness.plans.settings import plan_from
from harness.reporting.report import report
from harness.scoring.flow import accuracy_digest, truth
from proxies import COMBINATIONS, Combination, choose, find
from reports.findings import Findings
from reports.tables import markdown
from reports.whole_space import whole_space


def show(benchmark: str, dataset: str | None, proxies: str, out: Path | None) -> str:
    """Return the table of an atlas; with ``out``, write a run folder and its report too.

    Args:
        benchmark: the space.
        dataset: of the accuracies; all where None is given.
        proxies: whose rows, as ``--proxies`` names them; folder and report have all.
        out: the run folder.

    Raises:
        BadInput: there is no such atlas, or no such dataset.
        UnknownProxy: a name is not registered.
    """
    chosen, combined = choose(proxies)
    asked = {proxy.name for proxy in chosen}
    atlas = current(benchmark)
    plan = plan_of(atlas, benchmark, dataset)
    table = truth(plan, 1)
    cells = chosen_cells(plan, table)
    names = [plan.accuracy, *(other_accuracies(plan, table) if dataset is None else ())]
    whole = atlas.covering(cells)
    if out is not None:
        write(whole, plan, table, cells, out)
    if atlas.cells != "all":
        own = whole.without([name for name in whole.columns if name not in asked])
        return markdown(_judged(own, _with(combined, plan, own), table, cells))
    there = {
        name: f"{name} ({len(column.values)} scores)" for name, column in atlas.columns.items()
    }
    known = [proxy.name for proxy in find("all") if proxy.name in asked]
    lacking = [there.get(name, name) for name in known if name not in whole.columns]
    left_out = f" Not scored for all cells yet, and so left out: {', '.join(lacking)}."
    said = caption(whole, cells, names) + (left_out if lacking else "")
    return whole_space(worths(whole, table, names, cells, proxies), said)


def judged_atlas(atlas: Atlas) -> Findings:
    """Return what an atlas's scores are worth on every dataset of its space.

    With every built-in combination of them, and intervals where its candidates were drawn.
    """
    plan = plan_of(atlas, atlas.settings["benchmark"], None)
    table = truth(plan, 1)
    cells = chosen_cells(plan, table)
    whole = atlas.covering(cells)
    return _judged(whole, _with(COMBINATIONS.values(), plan, whole), table, cells)


def _judged(atlas: Atlas, plan: Plan, table: AccuracyTable, cells: pd.DataFrame) -> Findings:
    return judged(RunScores.of(atlas.rows(cells), plan, table))


def plan_of(atlas: Atlas, benchmark: str, dataset: str | None) -> Plan:
    """Return the plan of a run that scored what the atlas holds."""
    own = atlas.settings
    return plan_from(
        {
            "benchmark": benchmark,
            "dataset": dataset,
            "images": own["images"],
            "labels": own["labels"],
            "batch": int(own["batch"]),
            "cells": atlas.cells,
            "device": "cpu",
        }
    )


def _with(combined: Iterable[Combination], plan: Plan, atlas: Atlas) -> Plan:
    """Return the plan with the proxies of an atlas, and those combinations that it has all of."""
    possible = [one.name for one in combined if set(one.members) <= set(atlas.columns)]
    return replace(plan, proxies=",".join([*atlas.columns, *possible]))


def write(atlas: Atlas, plan: Plan, table: AccuracyTable, cells: pd.DataFrame, out: Path) -> None:
    """Write an atlas of some cells as a run folder, and its report."""
    folder = RunFolder(out)
    named = _with(COMBINATIONS.values(), plan, atlas)
    digests = {
        "cells": len(cells),
        "design": design(plan, table, cells).words,
        "inputs_sha256": atlas.inputs,
        "accuracy_sha256": accuracy_digest(table.accuracy(plan.accuracy)),
    }
    folder.parquet(RunFile.SCORES, atlas.rows(cells))
    folder.text(RunFile.PLAN, named.text(provenance(plan.device) | digests))
    report(out, table)


def caption(atlas: Atlas, cells: pd.DataFrame, names: list[AccuracyName]) -> str:
    """Return what the table shows, in a sentence."""
    return (
        f"Rank correlation with accuracy ({'; '.join(map(str, names))}) of all {len(cells)} cells "
        f"in {cells['class'].nunique()} functional classes; scored on {atlas}."
    )
