"""The flow of scoring: what is missing is computed, stored and exported."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import replace as replace_file
from benchmarks.progress import progress
from benchmarks.sources import check_space, read_truth
from benchmarks.table import AccuracyTable
from harness.judging.designs import Design, design_of
from harness.plan import Plan, frozen_inputs, identity, provenance
from harness.scoring.cells import select
from harness.scoring.engine import (
    Setting,
    Task,
    belongs_to_cell,
    key,
    needs_network,
    setting_of,
)
from harness.scoring.store import Store
from harness.scoring.workers import Backend, scored
from proxies import Proxy, choose

STORE, COSTS = "scores.sqlite", "costs.csv"


def score(
    plan: Plan, table: AccuracyTable, out: Path, backend: Backend, retry_failed: bool = False
) -> None:
    """Compute the scores that the run folder lacks, then write them as ``scores.parquet``."""
    proxies, _ = choose(plan.proxies)
    cells = chosen_cells(plan, table)
    inputs, digest = frozen_inputs(plan.minibatch())
    out.mkdir(parents=True, exist_ok=True)
    with Store(out / STORE, identity(plan, digest)) as store:
        keys = {proxy.name: key(proxy) for proxy in proxies}
        stored = store.read(keys)
        if retry_failed:
            stored = stored[stored["status"] != "failed"]
        done = set(zip(stored["subject"], stored["proxy"], stored["seed"], strict=True))
        tasks = missing(cells, proxies, plan.seeds, done)
        setting = Setting(plan.space, plan.data, inputs, plan.device, plan.proxy_files)
        quick = [task for task in tasks if not any(map(needs_network, task.proxies))]
        slow = [task for task in tasks if any(map(needs_network, task.proxies))]
        counting = Setting(plan.space, plan.data, inputs, "cpu")
        store.add(row for block in scored(counting, quick, 1) for row in block)
        for block in progress(backend(setting, slow), len(slow), "scoring"):
            store.add(block)
        stored = store.read(keys)
        rows = export(stored, cells, proxies, plan.seeds)
    if len(rows) != len(cells) * len(proxies) * plan.seeds:
        raise RuntimeError(f"{len(rows)} scores of {len(cells)} cells and {len(proxies)} proxies")
    digests: dict[str, object] = {
        "cells": len(cells),
        "design": design(plan, table, cells).words,
        "inputs_sha256": digest,
        "accuracy_sha256": accuracy_digest(table.accuracy(plan.accuracy)),
    }
    found = provenance(plan.device) | digests
    if not tasks and (out / "plan.json").exists():  # where it was computed is still true
        former = Plan.read(out / "plan.json")[1]
        found = {name: former.get(name, value) for name, value in found.items()} | digests
    costs = stored.groupby("proxy")["seconds"].agg(seconds="mean", n="size").reset_index()
    replace_file(out / COSTS, lambda path: costs.to_csv(path, index=False))
    replace_file(out / "scores.parquet", lambda path: rows.to_parquet(path, index=False))
    replace_file(
        out / "plan.json", lambda path: path.write_text(plan.text(found), encoding="utf-8")
    )


def chosen_cells(plan: Plan, table: AccuracyTable) -> pd.DataFrame:
    """Return the run's candidates, columns ``index, arch, class``, by index."""
    named = table.accuracy(plan.accuracy)
    candidates = table.candidates.loc[named.index]
    chosen = select(plan.cells, candidates, plan.space, plan.data)
    cells = chosen.rename("arch").rename_axis("index").reset_index()
    cells["class"] = cells["arch"].map(plan.space.representative)
    shard = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", plan.shard)
    if not shard or int(shard[1]) > int(shard[2]):
        raise BadInput(f"`--shard` should be i/n with 1 <= i <= n. Found `{plan.shard}`.")
    position = cells["class"].map({c: i for i, c in enumerate(sorted(set(cells["class"])))})
    cells = cells[position % int(shard[2]) == int(shard[1]) - 1]
    if cells.empty:
        raise BadInput(f"`--shard {plan.shard}` should hold at least one cell. It holds none.")
    return cells.reset_index(drop=True)


def design(plan: Plan, table: AccuracyTable, cells: pd.DataFrame) -> Design:
    """Return how a plan's cells were drawn, and from what."""
    candidates = table.candidates.loc[table.accuracy(plan.accuracy).index]
    found = design_of(plan.cells, cells, candidates, plan.space, plan.data, plan.intervals)
    if found.name != "all":
        return found
    left = "One initialisation was scored, so that there is no interval."
    if plan.seeds > 1:
        left = f"Intervals are of the mean over {plan.seeds} initialisations."
    return replace(found, words=f"{found.words} {left}")


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
        rows = rows.drop(columns=["key", "seconds"]).assign(**setting_of(proxy))
        parts.append(cells.merge(rows, left_on=subject, right_on="subject"))
    columns = ["index", "arch", "class", "proxy", "seed", "score", "status", "reason"]
    columns += ["initialisation", "batchnorm", "sees"]
    return pd.concat(parts)[columns].sort_values(["index", "proxy", "seed"], ignore_index=True)


def truth(plan: Plan, workers: int) -> AccuracyTable:
    """Read the accuracies of a plan and check that they are of its benchmark."""
    table = read_truth(plan.truth, workers)
    check_space(table, plan.space, plan.truth)
    return table
