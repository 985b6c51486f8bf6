"""The flow of scoring: what is missing is computed, stored and exported."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.progress import progress, said
from benchmarks.sources import check_space, read_truth
from benchmarks.table import AccuracyTable
from harness.runs.candidates import chosen_cells, design
from harness.runs.devices import workers_for
from harness.runs.forms import TIME_LIMIT
from harness.runs.plan import Plan, identity, provenance
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.scoring.described import described
from harness.scoring.inputs import frozen_inputs
from harness.scoring.keys import key
from harness.scoring.store import Score, Store
from harness.scoring.tasks import Setting, Task, belongs_to_cell, conditions, counts_alone
from harness.scoring.units import Seconds, costs, with_units, without_units
from harness.scoring.workers import Backend, scored
from proxies import Proxy, choose
from proxies.plugins.files import changed_files


def fill(
    plan: Plan,
    table: AccuracyTable,
    out: Path,
    backend: Backend,
    retry_failed: bool = False,
    workers: int | None = 1,
    time_limit: float = TIME_LIMIT,
) -> None:
    """Compute the scores that the run folder lacks, then write them as ``scores.parquet``.

    The provenance names ``workers`` processes, one a core where None is given. A formula that takes
    longer than ``time_limit`` seconds on a network is failed there.
    """
    proxies, _ = choose(plan.proxies)
    cells = chosen_cells(plan, table)
    inputs, digest = frozen_inputs(plan.minibatch())
    folder = RunFolder(out)
    if folder.scores.exists() and not folder.store.exists():
        _check_nothing_is_lost(folder, {proxy.name for proxy in proxies}, cells, digest)
    out.mkdir(parents=True, exist_ok=True)
    with Store(folder.store, identity(plan, digest)) as store:
        keys = {proxy.name: key(proxy, plan.space) for proxy in proxies}
        stored = store.read(keys)
        if retry_failed:
            stored = stored[stored["status"] != "failed"]
        done = set(zip(stored["subject"], stored["proxy"], stored["seed"], strict=True))
        tasks = missing(cells, proxies, plan.seeds, done)
        setting = Setting(plan.space, plan.data, inputs, plan.device, plan.proxy_files, time_limit)
        quick = [task for task in tasks if counts_alone(task)]
        slow = [task for task in tasks if not counts_alone(task)]
        counting = replace(setting, device="cpu", plugins=())
        store.add(_keyed((row for rows in scored(counting, quick, 1) for row in rows), keys))
        units: Seconds = {}
        homes = {home for proxy in proxies for home in proxy.homes}
        said(beginning(plan, len(cells), len(proxies), len(slow), workers, out))
        timed = with_units(slow)
        scores = progress(backend(setting, timed), len(timed), "scoring")
        for rows in without_units(scores, units):
            _check_unchanged(homes)
            store.add(_keyed(rows, keys))
        stored = store.read(keys)
        exported = export(stored, cells, proxies, plan.seeds)
    if len(exported) != len(cells) * len(proxies) * plan.seeds:
        raise RuntimeError(
            f"{len(exported)} scores of {len(cells)} cells and {len(proxies)} proxies"
        )
    digests: dict[str, object] = {
        "cells": len(cells),
        "design": design(plan, table, cells).words,
        "inputs_sha256": digest,
        "accuracy_sha256": accuracy_digest(table.accuracy(plan.accuracy)),
    }
    origin = provenance(plan.device, workers or workers_for(plan.device)) | digests
    if not tasks and folder.plan.exists():  # where it was computed is still true
        former = Plan.read(folder.plan)[1]
        origin = {name: former.get(name, value) for name, value in origin.items()} | digests
    folder.csv(RunFile.COSTS, costs(stored, units, folder.read_costs()))
    folder.parquet(RunFile.SCORES, exported)
    if folder.described.exists() or not all(proxy.ours for proxy in proxies):
        folder.text(RunFile.DESCRIBED, described(proxies))
    folder.text(RunFile.PLAN, plan.text(origin))


def _check_unchanged(homes: Collection[str]) -> None:
    """Refuse scores whose formula may be another by now than the one that their keys are of.

    Raises:
        BadInput: a proxy's file, one of these modules, has changed since it was imported.
    """
    if changed := changed_files(homes):
        raise BadInput(
            f"`{changed[0]}` should stay as it is while it is scored. It has changed: run again; "
            "what was scored before is kept."
        )


def _check_nothing_is_lost(
    folder: RunFolder, names: set[str], cells: pd.DataFrame, inputs: str
) -> None:
    """Refuse to write over scores without a store that would not be scored again.

    Raises:
        BadInput: they are of other inputs, or of more proxies or cells.
    """
    former, scores = Plan.read(folder.plan)[1], folder.read_scores()
    kept = set(scores["proxy"]) <= names and set(scores["index"]) <= set(cells["index"])
    if not kept or former.get("inputs_sha256", inputs) != inputs:
        raise BadInput(
            f"`{folder.path}` should be a new folder, or hold `{RunFile.STORE}`. It holds scores "
            "without it, as `harness atlas --out` leaves them, which would be lost: give another "
            "folder."
        )


def beginning(
    plan: Plan, cells: int, proxies: int, networks: int, workers: int | None, out: Path
) -> str:
    """Return what will be scored, on what, by how many, and where it is kept, in a sentence."""
    processes = workers or workers_for(plan.device)
    many = f"{processes} processes" if processes > 1 else "1 process"
    what = f"{proxies} proxies on {cells} cells of {plan.benchmark} ({plan.dataset})"
    if not networks:
        return f"harness: {what}: all scores are in {out} already."
    return (
        f"harness: scoring {what}: {networks} networks to run on {plan.device} by {many}, kept in "
        f"{out}; the same command resumes."
    )


def _keyed(rows: Iterable[Score], keys: Mapping[str, str]) -> Iterator[Score]:
    """Yield scores with the keys of what they were made by."""
    return (row._replace(key=keys[row.proxy]) for row in rows)


def accuracy_digest(accuracy: pd.Series) -> str:
    """Return the sha256 of accuracies and their indices, ascending."""
    ordered = accuracy.sort_index()
    content = ordered.index.to_numpy("<i8").tobytes() + ordered.to_numpy("<f8").tobytes()
    return hashlib.sha256(content).hexdigest()


def missing(
    cells: pd.DataFrame, proxies: list[Proxy], seeds: int, done: set[tuple[str, str, int]]
) -> list[Task]:
    """Return a task for each subject and seed that lacks a score, with the proxies it lacks."""
    of_cell = [proxy for proxy in proxies if belongs_to_cell(proxy)]
    of_class = [proxy for proxy in proxies if not belongs_to_cell(proxy)]
    subjects: dict[str, list[Proxy]] = {}
    for subject in dict.fromkeys(cells["class"]):
        subjects.setdefault(subject, []).extend(of_class)
    for subject in cells["arch"]:
        subjects.setdefault(subject, []).extend(of_cell)
    tasks = []
    for (subject, wanted), seed in product(subjects.items(), range(seeds)):
        lacking = tuple(p for p in wanted if (subject, p.name, seed) not in done)
        if lacking:
            tasks.append(Task(subject, seed, lacking))
    return tasks


def export(
    stored: pd.DataFrame, cells: pd.DataFrame, proxies: list[Proxy], seeds: int
) -> pd.DataFrame:
    """Return one row a cell, proxy and seed: a class's score goes to every member."""
    parts = []
    for proxy in proxies:
        subject = "arch" if belongs_to_cell(proxy) else "class"
        rows = stored[(stored["proxy"] == proxy.name) & (stored["seed"] < seeds)]
        rows = rows.drop(columns=["seconds"]).assign(**conditions(proxy))
        parts.append(cells.merge(rows, left_on=subject, right_on="subject"))
    columns = ["index", "arch", "class", "proxy", "seed", "score", "status", "reason"]
    columns += ["initialisation", "batchnorm", "sees", "key"]
    return pd.concat(parts)[columns].sort_values(["index", "proxy", "seed"], ignore_index=True)


def truth(plan: Plan, workers: int) -> AccuracyTable:
    """Read the accuracies of a plan and check that they are of its benchmark."""
    table = read_truth(plan.truth, workers)
    check_space(table, plan.space, plan.truth)
    return table
