"""The flow from finished searches to tables, figures and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.accuracy_names import AccuracyName
from benchmarks.files import put
from benchmarks.table import AccuracyTable
from harness.judging.datasets import like_trainings
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.runs.search_plan import SearchPlan
from harness.searching.finished import finished
from harness.searching.front_report import fronts, has_fronts, report_fronts
from harness.searching.incumbents import incumbents
from harness.searching.judging import curves, judged, reaching, spending
from harness.searching.problem import fidelities
from reports.fronts import Fronts
from reports.searches import Searches


def report_searches(out: Path, table: AccuracyTable | None = None) -> str:
    """Write what searches of a folder found, fronts where it has several objectives.

    Return the table.

    Raises:
        BadInput: the folder holds no finished searches.
    """
    if has_fronts(out):
        return report_fronts(out, table)
    from reports.page import page  # drawing takes seconds to import
    from reports.search_figures import write_search_figures
    from reports.search_tables import search_latex, search_markdown

    folder = RunFolder(out)
    outcome = searches(out, table)
    folder.csv(RunFile.FINALS, outcome.finals)
    folder.csv(RunFile.SEARCH_STATISTICS, outcome.statistics)
    folder.csv(RunFile.REGRET, outcome.curves)
    folder.text(RunFile.SEARCH_TABLE, text := search_markdown(outcome))
    folder.text(RunFile.SEARCH_LATEX, search_latex(outcome))
    pictures = write_search_figures(folder.figures, outcome, put)
    folder.text(
        RunFile.SEARCH_PAGE, page((), f"{outcome.benchmark}: searches", [(outcome, pictures)])
    )
    return text


def judged_folder(out: Path) -> Searches | Fronts:
    """Judge a folder's searches, whatever they are for.

    Raises:
        BadInput: the folder holds no finished searches.
    """
    return fronts(out) if has_fronts(out) else searches(out)


def searches(out: Path, table: AccuracyTable | None = None) -> Searches:
    """Judge a folder's searches.

    Raises:
        BadInput: the folder holds no finished searches.
    """
    done = finished(out, table)
    plan, table, runs, trials = done.plan, done.table, done.runs, done.trials
    accuracy, measure = table.accuracy(plan.accuracy), table.measure(plan.accuracy)
    families = done.families
    index = [int(i) for i in accuracy.index]
    steps = incumbents(runs, trials, dict(zip(index, accuracy.tolist(), strict=True)))
    wide = fidelities(
        table, plan.signal_dataset, plan.signal_split, plan.signal_seed, accuracy.index
    )[plan.signal_epochs]
    favourite = index[int(wide.mean(axis=1).argmax())]
    limits = {"optimum": index[int(accuracy.argmax())], "optimum by the signal": favourite}
    statistics = [
        *judged(runs, families, plan.dataset, accuracy, float(accuracy[favourite])),
        *spending(runs, families, plan.dataset),
        *reaching(steps, families, plan.dataset, float(accuracy.max())),
    ]
    for name in _other_accuracies(plan, table):
        there = table.accuracy(name)
        rows = judged(runs, families, name.dataset, there, float(there[favourite]))
        statistics += [r for r in rows if r.statistic in ("accuracy", "deviation", "median")]
    archs = table.candidates
    finals = runs.assign(arch=runs["index"].map(archs), accuracy=runs["index"].map(accuracy))
    return Searches(
        benchmark=plan.benchmark,
        dataset=plan.dataset,
        caption=_caption(plan, f"{measure.name} ({table.words(plan.accuracy)})"),
        words=done.words,
        unit=plan.unit,
        measure=(measure.name, measure.unit),
        statistics=statistics,
        curves=list(curves(steps, float(accuracy.max()), plan.amount)),
        limits={name: (float(accuracy[i]), str(archs[i])) for name, i in limits.items()},
        finals=finals[COLUMNS],
        entries=done.entries,
        settings=vars(plan),
        provenance=done.provenance,
    )


COLUMNS = [
    "searcher", "seed", "index", "arch", "signal", "accuracy", "spent", "trainings", "distinct",
    "scored", "notes", "status", "reason",
]  # fmt: skip


def _other_accuracies(plan: SearchPlan, table: AccuracyTable) -> Iterator[AccuracyName]:
    """Yield the accuracies of like training on other datasets that the table has of all."""
    here = table.names()
    n = len(table.candidates)
    for _, name in like_trainings(plan.space, plan.accuracy):
        there = here[(here["dataset"] == name.dataset) & (here["split"] == name.split)]
        there = there[(there["epochs"] == name.epochs) & (there["n"] == n)]
        judged_elsewhere = name.dataset != plan.signal_dataset
        if judged_elsewhere and len(there) and np.isfinite(table.accuracy(name)).all():
            yield name


def _caption(plan: SearchPlan, judged_by: str) -> str:
    rerank = f", the {plan.rerank} best trained longest in the end" if plan.rerank else ""
    return (
        f"Searches on {plan.benchmark}: {judged_by} of what is chosen by "
        f"{plan.signal} within {plan.allowance}{rerank}, {plan.seeds} seeds."
    )
