"""The flow from finished searches for several objectives to tables, figures and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import put
from benchmarks.table import AccuracyTable
from harness.judging.attainment import attained
from harness.judging.paired import compared
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.runs.search_plan import SearchPlan
from harness.searching.finished import StoredSearches, finished
from harness.searching.fronts import (
    MEASURES,
    RunFront,
    TrueFront,
    fronts_by_searcher,
    measured,
    true_front,
)
from harness.searching.judging import RANDOM, compared_rows, spending, steps, summary
from harness.searching.objectives import Objectives, asked, objectives
from harness.searching.problems import metrics_of
from reports.fronts import AttainedPoint, FrontPoint, Fronts, ObjectiveAxis
from reports.rows import SearchStatistic

SHARES = (0.25, 0.5, 0.75)
"""Of the runs, whose attainment surfaces are told."""


def has_fronts(out: Path) -> bool:
    """Whether a folder's searches are for several objectives.

    Raises:
        BadInput: the folder holds no searches.
    """
    return bool(SearchPlan.read(RunFolder(out).search_plan)[0].objectives)


def check_reference(plan: SearchPlan, table: AccuracyTable) -> None:
    """Refuse a reference point that lies inside the true front, before anything is run."""
    if plan.reference:
        judged = objectives(plan, table, metrics_of(plan))
        if judged is not None:
            true_front(judged, plan.reference)


def report_fronts(out: Path, table: AccuracyTable | None = None) -> str:
    """Write which fronts the searches of a folder found; return the table.

    Raises:
        BadInput: the folder holds no finished searches, or the reference point cannot be used.
    """
    from reports.front_figures import write_front_figures  # drawing takes seconds to import
    from reports.front_tables import front_latex, front_markdown
    from reports.page import page

    folder = RunFolder(out)
    outcome = fronts(out, table)
    folder.csv(RunFile.FRONT, outcome.front)
    folder.csv(RunFile.FINALS, outcome.finals)
    folder.csv(RunFile.SEARCH_STATISTICS, outcome.statistics)
    folder.csv(RunFile.FRONT_MEASURES, outcome.curves)
    folder.csv(RunFile.ATTAINMENT, outcome.attained)
    folder.parquet(RunFile.FRONTS, outcome.on_fronts)
    folder.text(RunFile.SEARCH_TABLE, text := front_markdown(outcome))
    folder.text(RunFile.SEARCH_LATEX, front_latex(outcome))
    pictures = write_front_figures(folder.figures, outcome, put)
    folder.text(
        RunFile.SEARCH_PAGE, page((), f"{outcome.benchmark}: fronts", [(outcome, pictures)])
    )
    return text


class FolderFronts(NamedTuple):
    """What a folder holds: its searches, the objectives, the true front, and those of each run."""

    done: StoredSearches
    judged: Objectives
    true: TrueFront
    by_searcher: dict[str, list[RunFront]]


def folder_fronts(out: Path, table: AccuracyTable | None = None) -> FolderFronts:
    """Read the fronts that a folder's searches found.

    Raises:
        BadInput: the folder holds no finished searches for several objectives, or the reference
            point cannot be used.
    """
    done = finished(out, table)
    judged = objectives(done.plan, done.table, metrics_of(done.plan))
    if judged is None:
        raise BadInput(
            f"`{out}` should hold searches for several objectives. They are for the accuracy "
            "alone: give `--objectives`."
        )
    most = done.table.measure(done.plan.accuracy).most
    by_searcher = fronts_by_searcher(done.runs, done.trials, judged, most)
    return FolderFronts(done, judged, true_front(judged, done.plan.reference), by_searcher)


def fronts(out: Path, table: AccuracyTable | None = None) -> Fronts:
    """Judge the fronts that a folder's searches found.

    Raises:
        BadInput: the folder holds no finished searches, or the reference point cannot be used.
    """
    done, judged, true, by_searcher = folder_fronts(out, table)
    plan = done.plan
    spent = [run.spent[0] for some in by_searcher.values() for run in some if len(run.spent)]
    worth = measured(by_searcher, true, steps(spent, plan.amount).tolist())
    final = worth[worth["spent"] == plan.amount].drop(columns="spent")
    archs, values = done.table.candidates, judged.values
    runs = done.runs.drop(columns=["index", "signal"])
    ends = [
        (name, run.seed, int(index))
        for name, some in by_searcher.items()
        for run in some
        for index in sorted(set(run.trained[run.at(plan.amount)].tolist()))
    ]
    kept = pd.DataFrame(ends, columns=["searcher", "seed", "index"])
    sizes = kept.groupby(["searcher", "seed"]).size().rename("kept").reset_index()
    return Fronts(
        benchmark=plan.benchmark,
        dataset=plan.dataset,
        caption=_caption(plan, done.table),
        words=done.words,
        unit=plan.unit,
        axes=axes(judged, true),
        size=len(values),
        front=_named(true.values.reset_index(names="index"), archs),
        points=len(true.points),
        statistics=[
            *statistics(final, done),
            *spending(done.runs, done.families, plan.dataset),
        ],
        curves=list(curves(worth)),
        attained=list(surfaces(by_searcher, plan.amount)) if len(plan.objectives) == 2 else [],
        finals=runs.merge(final, "left", on=["searcher", "seed"])
        .merge(sizes, "left", on=["searcher", "seed"])
        .loc[:, COLUMNS],
        on_fronts=_named(kept.join(values, on="index"), archs),
        entries=done.entries,
        settings=vars(plan),
        provenance=done.provenance,
    )


COLUMNS = [
    "searcher", "seed", *MEASURES, "kept", "spent", "trainings", "distinct", "scored", "notes",
    "status", "reason",
]  # fmt: skip


def _named(rows: pd.DataFrame, archs: pd.Series) -> pd.DataFrame:
    """Put the candidates' strings beside their indices."""
    rows.insert(list(rows).index("index") + 1, "arch", rows["index"].map(archs))
    return rows


def axes(judged: Objectives, true: TrueFront) -> list[ObjectiveAxis]:
    """Return what is to be known of each objective."""
    known = {objective.name: objective.known for objective in asked(map(str, judged.values))}
    ends = zip(true.best, true.worst, true.reference, strict=True)
    return [
        ObjectiveAxis(
            name,
            judged.units[name],
            best=float(best),
            worst=float(worst),
            reference=float(reference),
            distinct=judged.values[name].nunique(),
            known=known[name],
        )
        for name, (best, worst, reference) in zip(known, ends, strict=True)
    ]


def statistics(worth: pd.DataFrame, done: StoredSearches) -> Iterator[SearchStatistic]:
    """Yield means of every measure with places, and their differences from random search's.

    Args:
        worth: a row a run, the columns of :func:`harness.searching.fronts.measured`.
        done: whose runs they are.
    """
    runs, dataset = done.runs, done.plan.dataset
    failed = runs[runs["status"] != "ok"].groupby("searcher").size()
    names = list(dict.fromkeys(runs["searcher"]))
    for measure, sign in MEASURES.items():
        wide = worth.pivot(index="seed", columns="searcher", values=measure).reindex(columns=names)
        for mean in compared(sign * wide, RANDOM):
            turned = mean if sign > 0 else mean.turned()
            for row in compared_rows(
                turned, done.families[mean.name], dataset, measure, f"{measure}_against_random"
            ):
                yield row._replace(failed=int(failed.get(mean.name, 0)))


def curves(worth: pd.DataFrame) -> Iterator[FrontPoint]:
    """Yield what fronts are worth over what was spent."""
    for name, own in worth.groupby("searcher", sort=False):
        for spent in dict.fromkeys(own["spent"].tolist()):
            some = own[own["spent"] == spent]
            for measure in MEASURES:
                at = summary(some[measure].to_numpy(float))
                yield FrontPoint(str(name), measure, spent, *at)


def surfaces(
    by_searcher: Mapping[str, Sequence[RunFront]], budget: float
) -> Iterator[AttainedPoint]:
    """Yield the surfaces that shares of the runs attain within a budget."""
    for name, some in by_searcher.items():
        ends = [run.judged[run.at(budget)][:, ::-1] for run in some]
        for share in SHARES if some else ():
            for cost, error in attained(ends, share):
                yield AttainedPoint(name, share, float(cost), float(error))


def _caption(plan: SearchPlan, table: AccuracyTable) -> str:
    judged_by = f"{table.measure(plan.accuracy).name} ({table.words(plan.accuracy)})"
    costs = " and ".join(plan.objectives[1:])
    return (
        f"Searches on {plan.benchmark} for fronts of error and {costs}: share of the true front's "
        f"hypervolume, its error that of {judged_by}, which candidates reach that "
        f"are on the front by {plan.signal} within {plan.allowance}, {plan.seeds} seeds."
    )
