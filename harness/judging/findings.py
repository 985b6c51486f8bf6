"""Stored scores, judged: all that a report shows."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import replace as replace_file
from benchmarks.table import AccuracyName, AccuracyTable
from harness.judging import About, Board, combined, join, judge
from harness.judging.ceiling import told_without_noise
from harness.judging.datasets import mean_over_datasets
from harness.judging.designs import Design
from harness.judging.external import read_scores
from harness.judging.noise import ceilings_of
from harness.judging.seeds import share_of_seed
from harness.plan import Plan
from harness.scoring.flow import COSTS, design, truth
from proxies import Combination, Proxy, choose, load_all, load_file
from reports.findings import Description, Findings
from reports.rows import Correlation, Cost, Difference, SeedShare


def findings(
    out: Path,
    table: AccuracyTable | None = None,
    more: Sequence[Path] = (),
    intervals: str | None = None,
) -> Findings:
    """Judge the scores of a run folder, and those of ``more`` CSV files beside them.

    Intervals are those of the plan, where none are named.

    Raises:
        BadInput: the folder holds no finished run, or its truth cannot be read.
    """
    plan, provenance = Plan.read(out / "plan.json")
    plan = replace(plan, intervals=intervals or plan.intervals)
    for path in plan.proxy_files:
        load_file(Path(path))
    table = table or truth(plan, 1)
    scores = _scores(out)
    proxies = _registered(scores, out)
    combinations = choose(plan.proxies)[1]
    files = [*map(Path, plan.scores), *more]
    taken = {one.name for one in proxies} | {one.name for one in combinations}
    scores = pd.concat([scores, *_elsewhere(files, scores, taken)], ignore_index=True)
    cells = _joined(out, scores, table.accuracy(plan.accuracy), proxies, combinations)
    about = {one.name: About(one.family) for one in proxies}
    about |= {path.stem: About("elsewhere") for path in files}
    about |= {one.name: About("combination", "+".join(one.members)) for one in combinations}
    drawn = design(plan, table, cells.drop_duplicates("index"))
    apart = list(_apart(scores, table.accuracy(plan.accuracy), proxies, combinations))
    correlations, differences = _judged(cells, table, plan, about, drawn, apart)
    ceilings = list(ceilings_of(table, plan, cells))
    correlations += told_without_noise(correlations, ceilings)
    return Findings(
        caption=f"{_caption(plan, cells)} {drawn.words}",
        design=drawn.words,
        label=label(plan),
        dataset=plan.dataset,
        accuracy_label=f"accuracy (%), {plan.dataset} {plan.split}",
        correlations=correlations,
        differences=differences,
        ceilings=ceilings,
        costs=_costs(out, plan),
        seed_shares=list(_seed_shares(scores, plan)),
        similarity=_similarity(cells),
        cells=cells,
        descriptions=_descriptions(proxies, combinations)
        | {path.stem: _described(path) for path in files},
        settings=vars(plan),
        provenance=provenance,
    )


def _registered(scores: pd.DataFrame, out: Path) -> list[Proxy]:
    """Return the proxies that a run scored."""
    scored, known = set(scores["proxy"]), load_all()
    if strangers := sorted(scored - set(known)):
        raise BadInput(
            f"`{out}` should hold scores of proxies that are registered. Nobody registers "
            f"{', '.join(strangers)}: install the package that does, or score into a new folder."
        )
    return [known[name] for name in sorted(scored)]


def _elsewhere(
    files: Sequence[Path], scores: pd.DataFrame, taken: set[str]
) -> Iterator[pd.DataFrame]:
    """Yield the scores of each file, under a name of its own."""
    cells = scores.drop_duplicates("index")[["index", "arch", "class"]]
    for path in files:
        if path.stem in taken:
            raise BadInput(
                f"`{path}` should have a name of its own. There is a score `{path.stem}` already: "
                "rename the file."
            )
        taken = taken | {path.stem}
        yield read_scores(path, cells)


def label(plan: Plan) -> str:
    """Return what the scores of a plan were computed on, in a few words."""
    noise = " noise" if plan.images == "noise" else ""
    random = " random labels" if plan.labels == "random" else ""
    return f"{plan.dataset}{noise}{random}"


def _scores(out: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(out / "scores.parquet")
    except (OSError, ValueError) as error:
        raise BadInput(
            f"`{out}` should hold `scores.parquet`. It cannot be read. Finish `harness score`."
        ) from error


def _joined(
    out: Path,
    scores: pd.DataFrame,
    accuracy: pd.Series,
    proxies: list[Proxy],
    combinations: list[Combination],
) -> pd.DataFrame:
    """Return scores and combinations with accuracies; keep the combinations as a file."""
    scored = join(scores, accuracy, proxies)
    made = combined(scored, combinations)
    ranked = scored["index"].nunique()
    named = made.assign(sees=f"ranks over {ranked} cells").drop(columns=["signed", "accuracy"])
    replace_file(out / "combinations.parquet", lambda path: named.to_parquet(path, index=False))
    return pd.concat([scored, made], ignore_index=True)


def _apart(
    scores: pd.DataFrame,
    accuracy: pd.Series,
    proxies: list[Proxy],
    combinations: list[Combination],
) -> Iterator[pd.DataFrame]:
    """Yield what each initialisation alone says, where there were several."""
    seeds = scores.groupby("proxy")["seed"].transform("nunique")
    for seed in range(int(seeds.max())) if seeds.max() > 1 else ():
        alone = scores[(scores["seed"] == seed) | (seeds == 1)]  # a file's scores have one
        scored = join(alone, accuracy, proxies)
        yield pd.concat([scored, combined(scored, combinations)], ignore_index=True)


def _judged(
    cells: pd.DataFrame,
    table: AccuracyTable,
    plan: Plan,
    about: dict[str, About],
    drawn: Design,
    apart: list[pd.DataFrame],
) -> tuple[list[Correlation], list[Difference]]:
    """Judge on the plan's accuracy, then on those of other datasets that the table has."""
    boards = {plan.dataset: Board.of(cells, about, drawn, apart)}
    correlations, differences = judge(boards[plan.dataset], plan.accuracy, label(plan))
    for dataset in plan.space.datasets:
        name = AccuracyName(dataset.name, dataset.split, plan.epochs, plan.accuracy_seed)
        if dataset.name == plan.dataset or not _there(table, name):
            continue
        elsewhere = cells.assign(accuracy=cells["index"].map(table.accuracy(name)))
        board = Board.of(elsewhere.dropna(subset="accuracy"), about, drawn, apart)
        correlations += judge(board, name, label(plan))[0]
        boards[dataset.name] = board
    correlations += mean_over_datasets(boards, plan.accuracy, label(plan))
    return correlations, differences


def _there(table: AccuracyTable, name: AccuracyName) -> bool:
    here = table.names()
    same = (here["dataset"] == name.dataset) & (here["split"] == name.split)
    same &= here["epochs"] == name.epochs
    return bool((same if name.seed is None else same & (here["seed"] == name.seed)).any())


def _costs(out: Path, plan: Plan) -> list[Cost]:
    try:
        rows = pd.read_csv(out / COSTS)
    except OSError:
        return []
    columns = (rows[name].tolist() for name in ("proxy", "seconds", "n"))
    return [
        Cost(proxy, label(plan), seconds, n) for proxy, seconds, n in zip(*columns, strict=True)
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


def _descriptions(proxies: list[Proxy], combinations: list[Combination]) -> dict[str, Description]:
    found = {
        one.name: Description(
            one.name,
            inspect.getdoc(one.function) or "",
            one.source,
            one.larger_is_better,
            one.undefined,
        )
        for one in proxies
    }
    for one in combinations:
        text = inspect.getdoc(one.function) or ""
        found[one.name] = Description(one.name, text, one.source, True, "a member is undefined")
    return found


def _described(path: Path) -> Description:
    text = f"Read from `{path.name}`; computed elsewhere, larger is better."
    return Description(path.stem, text, str(path), True, "the file has no number")


def _caption(plan: Plan, cells: pd.DataFrame) -> str:
    source = "Gaussian noise" if plan.images == "noise" else f"{plan.batch} images"
    plural = "s" if plan.seeds > 1 else ""
    return (
        f"Rank correlation with accuracy ({plan.accuracy}, {plan.benchmark}) of "
        f"{cells['index'].nunique()} cells in {cells['class'].nunique()} functional classes; "
        f"scored on {source} of {plan.dataset}, {plan.labels} labels, {plan.seeds} seed{plural}."
    )
