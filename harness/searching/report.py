"""The flow from finished searches to tables, figures and pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.errors import BadInput
from benchmarks.files import content_of_json, put
from benchmarks.printable import printable, reason
from benchmarks.table import AccuracyName, AccuracyTable
from harness.folder import RunFolder
from harness.searching.flow import chosen_searchers, entry_of
from harness.searching.incumbents import incumbents
from harness.searching.judging import curves, judged, reaching, spending
from harness.searching.plan import SearchPlan
from harness.searching.posing import read_table
from harness.searching.problem import fidelities
from reports.entry import Entry
from reports.searches import Searches


def report_searches(out: Path, table: AccuracyTable | None = None) -> str:
    """Write what searches of a folder found; return the table.

    Raises:
        BadInput: the folder holds no finished searches.
    """
    from reports.page import page  # drawing takes seconds to import
    from reports.search_figures import write_search_figures
    from reports.search_tables import search_latex, search_markdown

    folder = RunFolder(out)
    found = searches(out, table)
    folder.csv("final.csv", found.finals)
    folder.csv("search.csv", found.statistics)
    folder.csv("regret.csv", found.curves)
    folder.text("search.md", text := search_markdown(found))
    folder.text("search.tex", search_latex(found))
    pictures = write_search_figures(folder.figures, found, put)
    folder.text("search.html", page((), f"{found.benchmark}: searches", [(found, pictures)]))
    return text


def searches(out: Path, table: AccuracyTable | None = None) -> Searches:
    """Judge a folder's searches.

    Raises:
        BadInput: the folder holds no finished searches.
    """
    folder = RunFolder(out)
    plan, provenance = SearchPlan.read(folder.search_plan)
    for file in ("runs.parquet", "trials.parquet"):
        if not (out / file).exists():
            raise BadInput(f"`{out}` should hold `{file}`. It has none. Finish `harness search`.")
    runs = folder.read_parquet(out / "runs.parquet", RUNS)
    trials = folder.read_parquet(out / "trials.parquet", TRIALS)
    table = table or read_table(plan, 1)
    accuracy = table.accuracy(plan.accuracy)
    entries = _entries(folder, plan)
    families = {name: entry.family for name, entry in entries.items()}
    if strangers := sorted(set(runs["searcher"]) - set(entries)):
        raise BadInput(
            f"`{folder.searchers}` should say what each searcher is. It says nothing of "
            f"{printable(', '.join(strangers))}: run `harness search` again."
        )
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
    for name in _elsewhere(plan, table):
        there = table.accuracy(name)
        rows = judged(runs, families, name.dataset, there, float(there[favourite]))
        statistics += [r for r in rows if r.statistic in ("accuracy", "deviation", "median")]
    archs = table.candidates
    finals = runs.assign(arch=runs["index"].map(archs), accuracy=runs["index"].map(accuracy))
    return Searches(
        benchmark=plan.benchmark,
        dataset=plan.dataset,
        caption=_caption(plan),
        words=tuple(map(str, provenance.get("words", ()))),
        unit="simulated seconds" if plan.seconds else "trainings",
        statistics=statistics,
        curves=list(curves(steps, float(accuracy.max()), plan.amount)),
        limits={name: (float(accuracy[i]), str(archs[i])) for name, i in limits.items()},
        finals=finals[COLUMNS],
        entries=entries,
        settings=vars(plan),
        provenance=provenance,
    )


def _entries(folder: RunFolder, plan: SearchPlan) -> dict[str, Entry]:
    """Return what searchers said of themselves; nothing is run to know it.

    Raises:
        BadInput: what is stored is damaged.
    """
    if not folder.searchers.exists():  # of an older version, whose built-ins are known
        return {one.row: entry_of(one) for one in chosen_searchers(plan)}
    try:
        stored = content_of_json(folder.searchers)
        found = {name: Entry(**about | {"members": ()}) for name, about in stored.items()}
        texts = [text for one in found.values() for text in (one.name, one.family, one.text)]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("a searcher is described by what is no text")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"`{folder.searchers}` should say what each searcher is. It cannot be read "
            f"({reason(error)}). Run `harness search` again."
        ) from error
    return found


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

COLUMNS = [
    "searcher", "seed", "index", "arch", "signal", "accuracy", "spent", "trainings", "distinct",
    "scored", "notes", "status", "reason",
]  # fmt: skip


def _elsewhere(plan: SearchPlan, table: AccuracyTable) -> Iterator[AccuracyName]:
    """Yield the accuracies of like training on other datasets that the table has of all."""
    here = table.names()
    n = len(table.candidates)
    for dataset in plan.space.datasets:
        name = AccuracyName(dataset.name, dataset.split, plan.epochs, plan.accuracy_seed)
        there = here[(here["dataset"] == name.dataset) & (here["split"] == name.split)]
        there = there[(there["epochs"] == name.epochs) & (there["n"] == n)]
        judged_elsewhere = name.dataset not in (plan.dataset, plan.signal_dataset)
        if judged_elsewhere and len(there) and np.isfinite(table.accuracy(name)).all():
            yield name


def _caption(plan: SearchPlan) -> str:
    budget = (
        f"{plan.amount:,.0f} simulated seconds" if plan.seconds else f"{plan.amount:g} trainings"
    )
    rerank = f", the {plan.rerank} best trained longest in the end" if plan.rerank else ""
    return (
        f"Searches on {plan.benchmark}: accuracy ({plan.accuracy}) of what is chosen by "
        f"{plan.signal} within {budget}{rerank}, {plan.seeds} seeds."
    )
