"""An atlas shown: its table at once, and a run folder of it where one is asked for.

Of drawn candidates the table is an estimate of the whole space's, and says how good a one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.catalogue import ATLAS, BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.measures import Measure
from benchmarks.printable import printable
from benchmarks.table import AccuracyTable
from harness.atlases.shipped import current_atlas
from harness.atlases.stored import Atlas
from harness.judging.findings import judged, judged_briefly, other_accuracies
from harness.judging.run_scores import RunScores
from harness.judging.whole_space import FAVOURITES, drawn_worths, worths
from harness.options.run_settings import plan_from
from harness.reporting.report import report
from harness.runs.candidates import chosen_cells, design
from harness.runs.plan import Plan
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.scoring.flow import accuracy_digest, truth
from proxies import COMBINATIONS, Combination, choose, find
from reports.findings import Findings
from reports.whole_space import NOT_SAMPLED, whole_space


def show(
    benchmark: str, dataset: str | None, inputs: str | None, proxies: str, out: Path | None
) -> str:
    """Return the table of an atlas; with ``out``, write a run folder and its report too.

    Args:
        benchmark: the space.
        dataset: of the accuracies in the table; all where None is given.
        inputs: what was scored, see :func:`harness.atlases.shipped.atlas_of`.
        proxies: whose rows, as ``--proxies`` names them; folder and report have all.
        out: the run folder, which is of the dataset whose images were scored.

    Raises:
        BadInput: there is no such atlas or dataset, or the atlas lacks what is asked for.
        UnknownProxy: a name is not registered.
    """
    asked, combined = choose(proxies)
    atlas = current_atlas(benchmark, inputs)
    plan = plan_of(atlas)
    names = [plan_of(atlas, dataset).accuracy]
    table = truth(plan, 1)
    if dataset is None:
        names += other_accuracies(plan, table)
    cells = chosen_cells(plan, table)
    whole = atlas.covering(cells)
    if out is not None:
        write(whole, plan, table, cells, out)
    named = {proxy.name for proxy in asked}
    known = [proxy.name for proxy in find("all") if proxy.name in named]
    meant = atlas.columns if inputs and proxies == "all" else known
    lacking = [_with_count(atlas, name, cells) for name in meant if name not in whole.columns]
    if design(plan, table, cells).name == "all":
        rows = worths(whole, table, names, cells, proxies)
        ending = NOT_SAMPLED
    else:
        possible = _with_combinations([*COMBINATIONS.values(), *combined], plan, whole)
        run = RunScores.of(whole.rows(cells), possible, table)
        brief = judged_briefly(run, names, FAVOURITES)
        rows, ending = drawn_worths(brief, names, proxies), run.design.words
    if not rows:
        raise BadInput(
            f"`--proxies {printable(proxies)}` should name scores that the atlas has of all its "
            f"cells. It lacks {', '.join(lacking) or 'those'}."
        )
    by = {table.words(name): table.measure(name) for name in names}
    points = all(measure.unit == "%" for measure in by.values())
    return whole_space(rows, caption(whole, cells, by, lacking), ending, points=points)


def _with_count(atlas: Atlas, name: str, cells: pd.DataFrame) -> str:
    """Return a proxy's name, with of how many classes or cells the atlas has it, if of some."""
    if name not in atlas.columns:
        return name
    column = atlas.columns[name]
    scored = len(column.values.xs(0, level="seed"))
    subjects = "arch" if column.of_cell else "class"
    return f"{name} ({scored} of {cells[subjects].nunique()} are)"


def judged_atlas(atlas: Atlas) -> Findings:
    """Return what an atlas's scores are worth on every dataset of its space.

    With every built-in combination of them, and intervals where its candidates were drawn.
    """
    plan = plan_of(atlas)
    table = truth(plan, 1)
    cells = chosen_cells(plan, table)
    whole = atlas.covering(cells)
    plan = _with_combinations(COMBINATIONS.values(), plan, whole)
    return judged(RunScores.of(whole.rows(cells), plan, table))


def plan_of(atlas: Atlas, dataset: str | None = None) -> Plan:
    """Return the plan of a run that scored what the atlas holds, or of another accuracy."""
    own = atlas.settings
    images = "noise" if own["images"] == "noise" else BENCHMARKS[own["benchmark"]].images or ATLAS
    return plan_from(
        {
            "benchmark": own["benchmark"],
            "dataset": dataset or own["dataset"],
            "images": images,
            "labels": own["labels"],
            "batch": int(own["batch"]),
            "cells": atlas.cells,
            "device": "cpu",
        }
    )


def _with_combinations(combined: Iterable[Combination], plan: Plan, atlas: Atlas) -> Plan:
    """Return the plan with the proxies of an atlas, and those combinations that it has all of."""
    possible = [entry.name for entry in combined if set(entry.members) <= set(atlas.columns)]
    return replace(plan, proxies=",".join(dict.fromkeys([*atlas.columns, *possible])))


def write(atlas: Atlas, plan: Plan, table: AccuracyTable, cells: pd.DataFrame, out: Path) -> None:
    """Write an atlas of some cells as a run folder, and its report."""
    folder = RunFolder(out)
    named = _with_combinations(COMBINATIONS.values(), plan, atlas)
    digests = {
        "cells": len(cells),
        "design": design(plan, table, cells).words,
        "inputs_sha256": atlas.inputs,
        "accuracy_sha256": accuracy_digest(table.accuracy(plan.accuracy)),
    }
    folder.parquet(RunFile.SCORES, atlas.rows(cells))
    folder.text(RunFile.PLAN, named.text({**atlas.made, **digests}))
    report(out, table)


def caption(
    atlas: Atlas, cells: pd.DataFrame, by: Mapping[str, Measure], lacking: list[str]
) -> str:
    """Return what the table shows, in a sentence, and what it leaves out.

    Args:
        atlas: whose scores are ranked.
        cells: those that are.
        by: what they are judged by, in words, each with its measure.
        lacking: proxies that some cells have no score of.
    """
    alike = [
        f"{measure} ({'; '.join(words for words, own in by.items() if own.name == measure)})"
        for measure in dict.fromkeys(own.name for own in by.values())
    ]
    left_out = f" Not scored for all cells yet, and so left out: {', '.join(lacking)}."
    whole = "all " if atlas.cells == "all" else ""
    return (
        f"Rank correlation with {', '.join(alike)} of {whole}{len(cells)} "
        f"cells in {cells['class'].nunique()} functional classes; scored on {atlas}."
    ) + (left_out if lacking else "")
