"""The flow of searching: what is missing is run, stored and exported."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.progress import progress
from benchmarks.streams import say
from benchmarks.table import AccuracyTable
from harness.runs.plan import provenance
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.runs.search_plan import SearchPlan
from harness.scoring.keys import sources
from harness.searching.driver import Terms
from harness.searching.problem import Problem
from harness.searching.problems import problem_of
from harness.searching.search_run import SearchRun, Trial
from harness.searching.store import SearchStore
from harness.searching.workers import SearchSetting, blocks, searched
from reports.entry import Entry
from searchers import ConfiguredSearcher, choose

DRIVER, ONESHOT = "harness.searching.driver", "harness.searching.oneshot"
"""Modules that a search depends on besides its own; the second, where it asks for the network."""

HYPERVOLUMES = "moocore"
"""The package that measures hypervolumes of more than two objectives."""

YARDSTICK = "random"
"""Stands in every table, asked for or not."""


def chosen_searchers(plan: SearchPlan) -> list[ConfiguredSearcher]:
    """Return a plan's searchers, random search among them.

    Raises:
        BadInput: a package that one needs is not installed, or there are not the several objectives
            that one needs.
    """
    proxies = [name.strip() for name in plan.proxies.split(",") if name.strip()]
    several = len(plan.objectives) > 1
    chosen = choose(f"{YARDSTICK},{plan.searchers}", proxies, several=several)
    for pick in chosen:
        if pick.searcher.objectives and not several:
            raise BadInput(
                f"Searcher `{pick.row}` should have several objectives. There is the accuracy "
                "alone: give `--objectives`, such as `error,params`."
            )
        packages = pick.searcher.requires
        if len(plan.objectives) > 2:
            packages = (*packages, HYPERVOLUMES)
        for package in packages:
            if importlib.util.find_spec(package) is None:
                raise BadInput(
                    f"Searcher `{pick.row}` should find the package `{package}`. It is not "
                    "installed: `pip install 'nas-proxy-harness[search]'`, or leave it out."
                )
    return chosen


def fill(
    plan: SearchPlan, table: AccuracyTable, out: Path, workers: int, *, retry_failed: bool = False
) -> Problem:
    """Run the searches that the folder lacks, then write ``trials.parquet``, ``runs.parquet``."""
    chosen = chosen_searchers(plan)
    problem = problem_of(plan, table, chosen)
    terms = Terms(plan.amount, plan.rerank)
    keys = {pick.row: key(pick, problem, terms) for pick in chosen}
    folder = RunFolder(out)
    _check_same(plan, folder)
    out.mkdir(parents=True, exist_ok=True)
    with SearchStore(folder.searches) as store:
        work = []
        for pick in chosen:
            done = store.seeds(keys[pick.row], failed=not retry_failed)
            work += blocks(pick, [seed for seed in range(plan.seeds) if seed not in done])
        setting = SearchSetting(problem, terms, plan.searcher_files)
        for block, runs in progress(searched(setting, work, workers), len(work), "searching"):
            store.add(keys[block.chosen.row], runs)
        stored = store.read(keys, plan.seeds)
    for row in dict.fromkeys(run.searcher for run in stored if run.status == "failed"):
        reasons = [run.reason for run in stored if (run.searcher, run.status) == (row, "failed")]
        say(f"`{row}` failed in {len(reasons)} of {plan.seeds} searches: {reasons[0]}.")
    folder.parquet(RunFile.TRIALS, trials_of(stored))
    folder.parquet(RunFile.RUNS, runs_of(stored))
    entries = {pick.row: asdict(entry_of(pick)) for pick in chosen}
    folder.text(RunFile.SEARCHERS, json.dumps(entries, indent=2) + "\n")
    origin = provenance("cpu") | {"words": list(problem.words), "problem": problem.digest(())}
    if not work and folder.search_plan.exists():  # where it was computed is still true
        origin = SearchPlan.read(folder.search_plan)[1] | {"words": list(problem.words)}
    folder.text(RunFile.SEARCH_PLAN, plan.text(origin))
    return problem


JUDGED = ("benchmark", "dataset", "split", "epochs", "accuracy_seed", "objectives")
"""What the searches of a folder have in common."""


def _check_same(plan: SearchPlan, folder: RunFolder) -> None:
    """Refuse a folder whose searches are judged by something else: its tables would be lost."""
    if not folder.search_plan.exists():
        return
    former = SearchPlan.read(folder.search_plan)[0]
    for name in JUDGED:
        there, here = getattr(former, name), getattr(plan, name)
        if there != here:
            raise BadInput(
                f"`{folder.path}` should hold searches that are judged alike. It holds others: "
                f"{name} is `{there}` there and `{here}` now. Give another `--out`."
            )


def entry_of(chosen: ConfiguredSearcher) -> Entry:
    """Return what a searcher says of itself, which is stored so that reading runs nothing."""
    searcher = chosen.searcher
    return Entry(chosen.row, searcher.family, searcher.source, searcher.text)


def key(chosen: ConfiguredSearcher, problem: Problem, terms: Terms) -> str:
    """Digest what a search depends on besides its seed: its source, settings, answers, terms."""
    code = sources(chosen.searcher.function.__module__, DRIVER)
    parts: list[object] = [
        chosen.row,
        sorted(chosen.settings.items()),
        terms,
        problem.digest(chosen.reads),
        code,
    ]
    if chosen.searcher.family == "one-shot":
        parts += [problem.oneshot, sources(ONESHOT)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def runs_of(stored: Sequence[SearchRun]) -> pd.DataFrame:
    """Return a row a search, with the ``index`` of its choice."""
    frame = pd.DataFrame([run[:-1] for run in stored], columns=SearchRun._fields[:-1])
    return frame.rename(columns={"choice": "index"})


def trials_of(stored: Sequence[SearchRun]) -> pd.DataFrame:
    """Return a row a training: ``searcher, seed, step, index, epochs, spent, signal``."""
    rows = [(run.searcher, run.seed, *trial) for run in stored for trial in run.trials]
    frame = pd.DataFrame(rows, columns=["searcher", "seed", *Trial._fields])
    frame = frame.rename(columns={"candidate": "index"})
    return frame.astype({"searcher": "category", "epochs": "int16"})
