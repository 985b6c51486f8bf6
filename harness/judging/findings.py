"""Stored scores, judged: all that a report shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import inputs_in_words
from benchmarks.table import AccuracyTable
from harness.judging.ceiling import told_without_noise
from harness.judging.datasets import like_trainings, mean_over_datasets
from harness.judging.judge import judge, judge_briefly
from harness.judging.noise import ceilings_of
from harness.judging.run_scores import RunScores
from harness.judging.score_table import ScoreTable
from harness.judging.seeds import share_of_seed
from harness.judging.supernets import per_supernet
from harness.runs.plan import Plan
from harness.runs.run_folder import RunFolder
from reports.findings import Findings
from reports.rows import Axis, Correlation, Cost, Difference, SeedShare


def findings(
    out: Path,
    table: AccuracyTable | None = None,
    more: Sequence[Path] = (),
    intervals: str | None = None,
) -> Findings:
    """Judge a run folder; for what is given, see :meth:`RunScores.read`.

    Raises:
        BadInput: the folder holds no finished run, or its truth cannot be read.
    """
    run = RunScores.read(out, table, more, intervals)
    return judged(run, _costs(RunFolder(out), run.plan))


def judged(run: RunScores, costs: Sequence[Cost] = ()) -> Findings:
    """Judge a run's scores; ``costs`` are seconds of the proxies, where they are known."""
    plan, cells, measure = run.plan, run.cells, run.table.measure(run.plan.accuracy)
    judged_by = f"{measure.name} ({run.table.words(plan.accuracy)}, {plan.benchmark})"
    names = [plan.accuracy, *other_accuracies(plan, run.table)]
    tables = _tables(run, names)
    correlations, differences = _judged(run, tables)
    own, children = tables[plan.accuracy], cells["index"].nunique()
    seconds = {cost.proxy: cost.seconds * children for cost in costs}
    supernets, gaps = per_supernet(own, seconds)
    known = (ceilings_of(run.table, name, plan.space, cells) for name in names)
    ceilings = [ceiling for some in known for ceiling in some]
    correlations += told_without_noise(correlations, ceilings)
    return Findings(
        caption=" ".join(
            filter(None, (_caption(plan, cells, judged_by), run.beside, run.design.words))
        ),
        design=run.design.words,
        label=label(plan),
        dataset=plan.dataset,
        accuracy_label=f"{measure.label}, {plan.dataset} {plan.split}",
        correlations=correlations,
        differences=differences,
        ceilings=ceilings,
        costs=costs,
        seed_shares=list(_seed_shares(run.scores, plan)),
        similarity=_similarity(cells),
        cells=cells,
        entries=run.entries,
        settings=vars(plan),
        provenance=run.provenance,
        measure=measure.name,
        unit=measure.unit,
        supernets=supernets,
        supernet_differences=gaps,
        axes=[Axis(axis.name, axis.choices) for axis in plan.space.axes],
        choices={arch: plan.space.encode(arch) for arch in cells["arch"].unique()},
    )


def judged_briefly(
    run: RunScores, names: Sequence[AccuracyName], favourites: int
) -> list[Correlation]:
    """Return rank correlations and one regret of a run's scores, by each of some accuracies."""
    tables, on = _tables(run, names), label(run.plan)
    each = (judge_briefly(table, name, on, favourites) for name, table in tables.items())
    return [row for rows in each for row in rows]


def label(plan: Plan) -> str:
    """Return what the scores of a plan were computed on, in a few words."""
    noise = " noise" if plan.images == "noise" else ""
    random = " random labels" if plan.labels == "random" else ""
    return f"{plan.dataset}{noise}{random}"


def other_accuracies(plan: Plan, table: AccuracyTable) -> Iterator[AccuracyName]:
    """Yield the accuracies of like training on other datasets that the table has."""
    known = table.known()
    for dataset, name in like_trainings(plan.space, plan.accuracy):
        if not dataset.part_of and name in known:
            yield name


def _tables(run: RunScores, names: Sequence[AccuracyName]) -> dict[AccuracyName, ScoreTable]:
    """Return scores beside accuracies of one or more datasets, the plan's first."""
    about = run.entries, run.design, list(run.of_each_seed()), list(run.of_each_supernet())
    tables: dict[AccuracyName, ScoreTable] = {}
    for name in names:
        cells = run.cells.assign(accuracy=run.cells["index"].map(run.table.accuracy(name)))
        tables[name] = ScoreTable.of(cells.dropna(subset="accuracy"), *about)
    return tables


def _judged(
    run: RunScores, tables: Mapping[AccuracyName, ScoreTable]
) -> tuple[list[Correlation], list[Difference]]:
    """Judge each table, and the mean over their datasets."""
    plan = run.plan
    correlations: list[Correlation] = []
    differences: list[Difference] = []
    for name, table in tables.items():
        correlated, told_apart = judge(table, name, label(plan))
        correlations += correlated
        differences = differences or told_apart
    by_dataset = {name.dataset: table for name, table in tables.items()}
    correlations += mean_over_datasets(by_dataset, plan.accuracy, label(plan))
    return correlations, differences


def _costs(folder: RunFolder, plan: Plan) -> list[Cost]:
    rows = folder.read_costs()
    columns = (rows[name].tolist() for name in ("proxy", "seconds", "n", "units"))
    return [
        Cost(proxy, label(plan), seconds, n, units)
        for proxy, seconds, n, units in zip(*columns, strict=True)
    ]


def _seed_shares(scores: pd.DataFrame, plan: Plan) -> Iterator[SeedShare]:
    """Yield the within-class share of the variance of ranks, one-way random effects."""
    if plan.seeds < 2:
        return
    once = scores.drop_duplicates(["class", "proxy", "seed"])
    for proxy, rows in once.groupby("proxy"):
        if rows["seed"].nunique() < plan.seeds:
            continue  # read from a file
        wide = rows.pivot(index="class", columns="seed", values="score").dropna().to_numpy()
        if len(wide) < 2:
            continue
        yield SeedShare(str(proxy), label(plan), share_of_seed(wide), plan.seeds)


def _similarity(cells: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman between proxies over the cells that every proxy scores."""
    wide = cells.pivot(index="index", columns="proxy", values="signed")
    wide = wide.loc[:, wide.nunique() > 1].dropna()
    wide = wide.loc[:, wide.nunique() > 1]
    return wide.rank().corr() if len(wide) > 2 else pd.DataFrame()


def _caption(plan: Plan, cells: pd.DataFrame, judged_by: str) -> str:
    inputs = inputs_in_words(plan.images, plan.dataset, plan.labels)
    plural = "s" if plan.seeds > 1 else ""
    return (
        f"Rank correlation with {judged_by} of "
        f"{cells['index'].nunique()} cells in {cells['class'].nunique()} functional classes; "
        f"scored on {plan.batch} images of {inputs}, {plan.seeds} seed{plural}."
    )
