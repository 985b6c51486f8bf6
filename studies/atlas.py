"""Scores of the whole space: kept while they are still being computed, and shipped once they are.

``python -m studies.atlas collect RUN ...`` writes what a run folder has scored into the file that
comes with the project, beside what that has of the same images and of today's formulas. That of
noise or of random labels holds scores alone, where a space has images; others have the counts of
every candidate too.
``python -m studies.atlas restore NAME RUN ...`` puts a file into a run folder, so that ``harness
score ... --out RUN`` with the same options goes on from there. Before that, ``CHECKED`` subjects
are scored anew: a column whose numbers are others today is left out, and said.
``python -m studies.atlas sheet`` prints what the files hold, for ``harness/atlases/DATA.md``.
``python -m studies.atlas places FILE`` writes where the images of an ``.npz`` file stand in the
official batches of CIFAR-10, as its ``train_batch`` and ``train_pos`` say.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.atlas_images import PLACES, digest
from benchmarks.files import replace as replace_file
from benchmarks.progress import progress
from benchmarks.sources import read_truth
from harness.atlases import names
from harness.atlases.checked import differing
from harness.atlases.stored import Atlas, AtlasColumn, column_of, read, write
from harness.options.parser import parser
from harness.options.run_settings import plan_of
from harness.runs.candidates import chosen_cells
from harness.runs.plan import Plan, identity, provenance
from harness.runs.run_folder import RunFolder
from harness.scoring.engine import score
from harness.scoring.flow import truth
from harness.scoring.inputs import frozen_inputs
from harness.scoring.keys import key
from harness.scoring.processes import deterministic
from harness.scoring.store import Score, Store, stored
from harness.scoring.tasks import Setting, Task, belongs_to_cell, needs_network
from proxies import load_all
from studies import arguments

CHECKED = 2

DEVICES = {"cpu": "CPUs", "cuda": "a GPU"}


def collect(run: Path, options: list[str]) -> str:
    """Write the scores of a run into an atlas; return how many there are.

    Failed scores are left out. The run's options name images and labels.
    """
    plan = plan_of(parser().parse_args(["score", *options, "--out", str(run)]))
    shared, scores = stored(RunFolder(run).store)
    known = load_all()
    kept = [row for row in scores if row.status != "failed" and needs_network(known[row.proxy])]
    rows = pd.DataFrame(kept)
    if rows.duplicated(["subject", "proxy", "seed"]).any():
        raise SystemExit(
            f"{run} holds scores by several formulas. Restore it, and go on from there."
        )
    columns: dict[str, AtlasColumn] = {}
    for name, scores in rows.groupby("proxy"):
        proxy, values = known[str(name)], scores.set_index(["subject", "seed"])["score"]
        columns[str(name)] = column_of(proxy, values, of_cell=belongs_to_cell(proxy))
    images = "noise" if plan.images == "noise" else "true"
    kind = "noise" if images == "noise" else plan.dataset
    if plan.labels != "true":
        kind = f"{plan.labels}_labels"
    if kind == plan.dataset or images == plan.space.images:
        inputs, _ = frozen_inputs(plan.minibatch())
        columns |= dict(_counted(Setting(plan.space, plan.data, inputs, "cpu")))
    settings = {name: shared[name] for name in ("benchmark", "dataset", "labels", "batch")}
    name = f"{plan.benchmark}_{kind}"
    made = {**provenance(plan.device), "devices": {shared["device"]: [shared["torch"]]}}
    atlas = Atlas({**settings, "images": images}, shared["inputs"], columns, plan.cells, made)
    if name in names.atlases():
        atlas = _wider(_beside(read(name), atlas), plan)
    write(names.FOLDER / f"{name}.parquet", atlas)
    counted = ", ".join(f"{len(column.values)} {name}" for name, column in columns.items())
    return f"{name}: {counted}"


def _beside(before: Atlas, new: Atlas) -> Atlas:
    """Return new scores with those that an atlas has besides, of today's formulas."""
    if (before.settings, before.inputs) != (new.settings, new.inputs):
        raise SystemExit(f"The atlas is of {before}, the run of {new}: other images or labels.")
    columns = dict(before.without(before.moved).columns)
    for name, column in new.columns.items():
        if name in columns:
            column = replace(column, values=column.values.combine_first(columns[name].values))
        columns[name] = column
    devices = {
        device: sorted({*before.devices.get(device, []), *new.devices.get(device, [])})
        for device in sorted({*before.devices, *new.devices})
    }
    made = {**new.made, "devices": devices}
    return replace(new, columns=columns, cells=before.cells, made=made)


def _wider(atlas: Atlas, plan: Plan) -> Atlas:
    """Return the atlas as one of a plan's candidates, if it has all of them and they are more."""
    table = truth(plan, 1)
    here, before = (
        chosen_cells(replace(plan, cells=cells), table) for cells in (plan.cells, atlas.cells)
    )
    whole = len(atlas.covering(here).columns) == len(atlas.columns)
    return replace(atlas, cells=plan.cells) if whole and len(here) > len(before) else atlas


def _counted(setting: Setting) -> Iterator[tuple[str, AtlasColumn]]:
    """Yield what needs no network, of every candidate of the space."""
    table = read_truth(setting.benchmark.truth, 1)
    archs = table.candidates.to_list()
    classes = sorted({setting.benchmark.representative(arch) for arch in archs})
    counted = {name: proxy for name, proxy in load_all().items() if not needs_network(proxy)}
    for of_cell, subjects in ((True, archs), (False, classes)):
        alike = tuple(p for p in counted.values() if belongs_to_cell(p) is of_cell)
        rows = pd.DataFrame(
            row for subject in subjects for row in score(setting, Task(subject, 0, alike))
        )
        for name, scores in rows.groupby("proxy"):
            values = scores.set_index(["subject", "seed"])["score"]
            yield str(name), column_of(counted[str(name)], values, of_cell=of_cell)


def restore(name: str, run: Path, options: list[str]) -> str:
    """Put the scores of an atlas into the store of a run folder; return what was left out."""
    plan = plan_of(parser().parse_args(["score", *options, "--out", str(run)]))
    atlas = read(name)
    inputs, digest = frozen_inputs(plan.minibatch())
    shared = identity(plan, digest)
    if atlas.inputs != digest or atlas.settings["benchmark"] != plan.benchmark:
        raise SystemExit(f"{name} is of other images, labels or candidates.")
    known = load_all()
    columns = {
        name: column
        for name, column in atlas.columns.items()
        if name in known and needs_network(known[name])
    }
    deterministic()
    setting = Setting(plan.space, plan.data, inputs, "cpu").prepared()
    full = set.intersection(*(set(column.values.index) for column in columns.values()))
    moved: set[str] = set()
    drawn = np.random.default_rng(len(full)).choice(len(full), CHECKED, replace=False)
    kept = replace(atlas, columns=columns)
    for subject, seed in progress((sorted(full)[i] for i in drawn), CHECKED, "checking"):
        moved |= set(differing(kept, setting, subject, seed))
    run.mkdir(parents=True, exist_ok=True)
    with Store(RunFolder(run).store, shared) as store:
        for name in sorted(columns.keys() - moved):
            proxy, made_by = known[name], key(known[name], plan.space)
            said = (("undefined", proxy.undefined), ("ok", ""))
            store.add(
                Score(subject, name, seed, made_by, value, *said[math.isfinite(value)], 0.0)
                for (subject, seed), value in columns[name].values.items()
            )
    return f"left out, as their numbers are others today: {', '.join(sorted(moved)) or 'none'}"


def sheet() -> str:
    """Return what each file holds: of what, how many scores by which proxies, and when made."""
    parts = []
    for name in names.atlases():
        atlas = read(name)
        size = (names.FOLDER / f"{name}.parquet").stat().st_size
        cells = "all candidates" if atlas.cells == "all" else f"candidates of `{atlas.cells}`"
        made = f"collected on {atlas.made['date']} at commit {atlas.made['git']}"
        torch = "; ".join(
            f"PyTorch {' and '.join(versions)} on {DEVICES[device]}"
            for device, versions in atlas.devices.items()
        )
        lines = [
            f"## {name}\n",
            f"{cells} of {atlas.settings['benchmark']}, {atlas}; {size / 1e3:,.0f} kB; {made}, "
            f"{torch}; minibatch {atlas.inputs[:12]}.\n",
        ]
        lines += [
            f"- {'initialisation' if len(seeds) == 1 else 'initialisations'} "
            f"{' and '.join(map(str, seeds))}, {count:,} {what}: {', '.join(names)}"
            for (seeds, what, count), names in sorted(_held(atlas).items(), key=_largest_first)
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def places(file: Path) -> str:
    """Write where scored images stand in the official batches; return how many there are."""
    with np.load(file, allow_pickle=False) as stored_images:
        batches = [int(name.rpartition("_")[2]) - 1 for name in stored_images["train_batch"]]
        places = 10_000 * np.array(batches) + stored_images["train_pos"]
        sha256 = digest(stored_images["x_train"], stored_images["y_train"])
    known = {"cifar10": {"places": places.tolist(), "sha256": sha256}}
    text = json.dumps(known) + "\n"
    replace_file(PLACES, lambda path: path.write_text(text, encoding="utf-8"))
    return f"{len(places)} images of cifar10"


Held = tuple[tuple[int, ...], str, int]
"""Initialisations, what is scored (classes or candidates), and how many of them."""


def _held(atlas: Atlas) -> dict[Held, list[str]]:
    """Return the proxies of an atlas by what they scored."""
    held: dict[Held, list[str]] = {}
    for proxy, column in atlas.columns.items():
        counts = column.values.index.get_level_values("seed").value_counts()
        for count in sorted(set(counts)):
            seeds = tuple(sorted(int(seed) for seed in counts.index[counts == count]))
            what = "candidates" if column.of_cell else "classes"
            held.setdefault((seeds, what, int(count)), []).append(proxy)
    return held


def _largest_first(item: tuple[Held, list[str]]) -> tuple[tuple[int, ...], str, int]:
    (seeds, what, count), _ = item
    return seeds, what, -count


if __name__ == "__main__":
    command, *words = arguments(__doc__, "{collect,restore,sheet,places}", "WORDS...")
    if command == "collect":
        print(collect(Path(words[0]), words[1:]))
    elif command == "restore":
        print(restore(words[0], Path(words[1]), words[2:]))
    elif command == "places":
        print(places(Path(words[0])))
    else:
        print(sheet())
