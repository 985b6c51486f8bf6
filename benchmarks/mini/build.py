"""Build the embedded benchmark: ``python -m benchmarks.mini.build``.

Every training is one line of a work file, so a killed build resumes where it stopped; the table and
its provenance are written once all is done.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from benchmarks.files import replace, seal
from benchmarks.mini import digits
from benchmarks.mini.train import FULL, SHORT, SKELETON, train
from benchmarks.nasbench201.cell import Cell, every_cell, representative
from benchmarks.processes import Pool
from benchmarks.table import AccuracyTable
from benchmarks.training import Recipe

HERE = Path(__file__).parent
CLASSES, SEEDS = 600, 4
RECIPES = {recipe.epochs: recipe for recipe in (FULL, SHORT)}


TOGETHER = 4
"""Most seeds of a cell that train side by side."""


class Job(NamedTuple):
    """One training: a cell (its official string), a seed, and the epochs of its recipe."""

    arch: str
    seed: int
    epochs: int


def chosen_cells(count: int = CLASSES) -> list[Cell]:
    """Return representatives of ``count`` functional classes, mixed as cells are in the space.

    Strata are the numbers of live 3x3 and 1x1 convolutions. Each gives one class, the rest are
    apportioned to the strata by their share of the 15,625 cells (Webster's method), so that a
    correlation over the sample is about one over cells drawn at random. The disconnected class is
    among them.
    """
    draw = np.random.default_rng(20_201)
    every = [representative(cell) for cell in every_cell()]
    share = Counter(kind(cell) for cell in every)
    groups: dict[tuple[int, int], list[Cell]] = {}
    for cell in sorted(set(every)):
        groups.setdefault(kind(cell), []).append(cell)
    disconnected = Cell(("none",) * 6)
    groups[0, 0].remove(disconnected)
    pools = {
        name: [group[i] for i in draw.permutation(len(group))] for name, group in groups.items()
    }
    chosen = [disconnected, *(pool.pop() for pool in pools.values())]
    taken = Counter(kind(cell) for cell in chosen)
    while len(chosen) < count and any(pools.values()):
        due = min(filter(pools.get, pools), key=lambda name: (taken[name] + 0.5) / share[name])
        chosen.append(pools[due].pop())
        taken[due] += 1
    return sorted(chosen[:count])


def kind(cell: Cell) -> tuple[int, int]:
    """Return how many 3x3 and 1x1 convolutions a representative has, all of them live."""
    return cell.count("nor_conv_3x3"), cell.count("nor_conv_1x1")


def jobs(cells: list[Cell], seeds: int) -> list[Job]:
    """Return every training, cell by cell in random order."""
    order = np.random.default_rng(1).permutation(len(cells))
    return [
        Job(str(cells[i]), seed, epochs)
        for i in order
        for epochs in RECIPES
        for seed in range(seeds)
    ]


def done(work: Path) -> dict[Job, dict[str, float]]:
    """Return the finished trainings of the work file; a half-written last line is left out."""
    results: dict[Job, dict[str, float]] = {}
    if work.exists():
        for line in work.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue
            results[Job(*entry["job"])] = entry["result"]
    return results


def built(folder: Path) -> dict[Job, dict[str, float]]:
    """Return the trainings of a finished build, none where its settings were others.

    So a build can be extended by seeds or classes; each training is given its mean time.
    """
    if not (folder / "provenance.json").exists():
        return {}
    stored = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    if any(stored[name] != value for name, value in settings().items()):
        return {}
    rows = AccuracyTable.read(folder / "accuracy.parquet").rows
    seconds = 3600 * stored["process_hours"] / stored["trainings"]
    results: dict[Job, dict[str, float]] = {}
    columns = (rows[name].tolist() for name in ("arch", "seed", "epochs", "split", "accuracy"))
    for arch, seed, epochs, split, accuracy in zip(*columns, strict=True):
        results.setdefault(Job(arch, seed, epochs), {"seconds": seconds})[split] = accuracy
    return results


def batches(todo: list[Job]) -> list[list[Job]]:
    """Group trainings that differ in their seed only, :data:`TOGETHER` at most."""
    alike = groupby(todo, key=lambda job: (job.arch, job.epochs))
    return [
        members[i : i + TOGETHER]
        for members in (list(group) for _, group in alike)
        for i in range(0, len(members), TOGETHER)
    ]


def run(batch: list[Job]) -> list[tuple[Job, dict[str, float]]]:
    """Train one cell with several seeds and time it."""
    began = time.perf_counter()
    seeds = [job.seed for job in batch]
    results = train(Cell.parse(batch[0].arch), seeds, RECIPES[batch[0].epochs])
    each = {"seconds": round((time.perf_counter() - began) / len(batch), 3)}
    return [(job, result | each) for job, result in zip(batch, results, strict=True)]


def trained(todo: list[list[Job]], workers: int) -> Iterator[list[tuple[Job, dict[str, float]]]]:
    """Yield each batch of trainings as it is done, one thread a process."""
    with Pool(workers, digits.images, "train") as executor:
        yield from executor.map(run, todo)


def table(results: dict[Job, dict[str, float]]) -> AccuracyTable:
    """Return the accuracies in the schema of every benchmark, cells indexed by name."""
    index = {arch: i for i, arch in enumerate(sorted({job.arch for job in results}))}
    rows = [
        {
            "index": index[job.arch],
            "arch": job.arch,
            "dataset": "digits",
            "split": split,
            "epochs": job.epochs,
            "seed": job.seed,
            "accuracy": result[split],
        }
        for job, result in results.items()
        for split in ("x-valid", "x-test")
    ]
    frame = pd.DataFrame(rows)
    return AccuracyTable.from_rows(frame.sort_values(["epochs", "split", "seed", "index"]))


def settings() -> dict[str, Any]:
    """Return what an accuracy depends on: networks, recipes and images."""

    def digest(split: str) -> str:
        images, classes = digits.images(split)
        return hashlib.sha256(images.tobytes() + classes.astype("<i8").tobytes()).hexdigest()

    recipes: dict[str, Recipe] = {"full": FULL, "short": SHORT}
    return {
        "skeleton": {name: _plain(value) for name, value in asdict(SKELETON).items()},
        "recipes": {name: asdict(recipe) for name, recipe in recipes.items()},
        "images": {
            "fragments": digits.FRAGMENTS,
            "fragment_pixels": digits.FRAGMENT,
            "noise": digits.NOISE,
            "sha256": {split: digest(split) for split in digits.SPLITS},
        },
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def provenance(results: dict[Job, dict[str, float]]) -> dict[str, Any]:
    """Return what was trained in how long, the settings, and the versions."""
    seconds = sum(result["seconds"] for result in results.values())
    return {
        "cells": len({job.arch for job in results}),
        "seeds": len({job.seed for job in results}),
        "trainings": len(results),
        "process_hours": round(seconds / 3600, 2),
        **settings(),
        "versions": {name: version(name) for name in ("torch", "numpy")},
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def main() -> None:
    """Train what is missing, then write the table and its provenance."""
    parser = argparse.ArgumentParser(description="Build the embedded benchmark.")
    parser.add_argument("--classes", type=int, default=CLASSES)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--work", type=Path, default=Path("runs/mini.trainings.jsonl"))
    parser.add_argument("--out", type=Path, default=HERE)
    options = parser.parse_args()
    results = built(options.out) | done(options.work)
    every = jobs(chosen_cells(options.classes), options.seeds)
    todo = batches([job for job in every if job not in results])
    options.work.parent.mkdir(parents=True, exist_ok=True)
    with options.work.open("a", encoding="utf-8") as work:
        bar = tqdm(trained(todo, options.workers), total=len(todo), desc="training", disable=None)
        for batch in bar:
            for job, result in batch:
                work.write("\n" + json.dumps({"job": job, "result": result}))
            work.flush()
            results |= dict(batch)
    finished = {job: results[job] for job in every}
    table(finished).write(options.out / "accuracy.parquet")
    seal(options.out / "accuracy.parquet")
    text = json.dumps(provenance(finished), indent=2) + "\n"
    replace(options.out / "provenance.json", lambda path: path.write_text(text, encoding="utf-8"))
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
