"""The baseline: a run's results in a small file, one line a proxy."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.catalogue import ATLAS
from benchmarks.errors import BadInput
from benchmarks.files import content_of_json, replace
from benchmarks.printable import brief, printable
from harness.atlases.shipped import atlas_of_minibatch
from harness.judging.joining import join
from harness.judging.ranks import Statistic, Vector, kendall, midranks
from harness.judging.run_scores import RunScores
from harness.judging.uncertainty import fisher
from harness.oneshot.flow import keys_of
from harness.runs.plan import Plan
from harness.runs.run_folder import RunFolder
from harness.scoring.described import read_described
from harness.scoring.keys import stale
from proxies import choose, load_all

FORMAT = 1
PROBES = 12
"""Cells whose scores the baseline holds in full."""

SAME = ("benchmark", "dataset", "split", "epochs", "accuracy_seed", "labels", "batch", "seeds")

FIELDS = {"formula", "family", "kendall", "missing", "probes", "ranks"}


def write(out: Path, target: Path) -> str:
    """Write a run's results as a baseline; return what was written, in a sentence.

    Raises:
        BadInput: the run is not finished, or its scores are stale.
    """
    run = RunScores.read(out, alone=True)
    if old := stale_scores(out):
        raise BadInput(
            f"`{out}` should hold scores of the formulas that there are now. Those of "
            f"{', '.join(sorted(old))} were made by others, or these are gone: run again."
        )
    lines = [json.dumps(name) + ": " + json.dumps(entry) for name, entry in entries(run)]
    head = json.dumps({"format": FORMAT, "run": identity(run)}, indent=1)[:-2]
    text = f'{head},\n "proxies": {{\n  ' + ",\n  ".join(lines) + "\n }\n}\n"
    replace(target, lambda path: path.write_text(text, encoding="utf-8"))
    return f"{target}: {len(lines)} scores of {run.cells['index'].nunique()} cells\n"


def read(path: Path) -> dict[str, Any]:
    """Return what :func:`write` wrote.

    Raises:
        BadInput: it is no baseline.
    """
    try:
        stored = content_of_json(path)
        if stored["format"] != FORMAT:
            raise ValueError(f"its format is {printable(stored['format'])}, not {FORMAT}")
        cells = dict(stored["run"])["cells"]
        for name, entry in stored["proxies"].items():
            _check(name, entry, cells)
        return dict(stored)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"`{path}` should be a baseline written by `harness baseline`. It cannot be read "
            f"({brief(error)}). Write it again from a run that you trust."
        ) from error


def _check(name: str, entry: dict[str, Any], cells: int) -> None:
    """Refuse what :func:`entries` does not yield."""
    if not entry.keys() >= FIELDS:
        raise ValueError(f"`{name}` lacks {', '.join(sorted(FIELDS - entry.keys()))}")
    if not all(isinstance(entry[field], str) for field in ("formula", "family", "ranks")):
        raise ValueError(f"`{name}` should have text as formula, family and ranks")
    numbers = [entry["kendall"], entry["missing"], *entry["probes"].values()]
    if not all(type(number) in (int, float) and abs(number) < math.inf for number in numbers):
        raise ValueError(f"`{name}` should have numbers as kendall, missing and probes")
    if type(entry["missing"]) is not int:
        raise ValueError(f"`{name}` should have a whole number as missing")
    if not abs(entry["kendall"]) <= 1 or not 0 <= entry["missing"] <= cells:
        raise ValueError(f"`{name}` should have a kendall within 1, and no more missing than cells")
    if not all(index.isdecimal() for index in entry["probes"]):
        raise ValueError(f"`{name}` should have probes by index")
    if len(ranks := ranks_of(entry)) != cells or not ranks.max(initial=0) <= cells:
        raise ValueError(f"`{name}` does not rank {printable(cells)} cells")


def stored_baseline(run: RunScores, path: Path) -> dict[str, Any]:
    """Return the baseline of that file, or what the atlas holds of a run's cells and proxies.

    Raises:
        BadInput: the file is no baseline, or the run's benchmark has no atlas.
    """
    return _of_atlas(run) if str(path) == ATLAS else read(path)


def _of_atlas(run: RunScores) -> dict[str, Any]:
    own = identity(run)
    atlas = atlas_of_minibatch(run.plan.benchmark, own["inputs_sha256"], run.plan.labels)
    known = load_all()
    atlas = atlas.without([name for name in atlas.columns if name not in run.entries])
    settings = own | {
        "labels": atlas.settings["labels"],
        "batch": int(atlas.settings["batch"]),
        "seeds": 1,
        "inputs_sha256": atlas.inputs,
    }
    rows = atlas.rows(run.cells.drop_duplicates("index").reset_index(drop=True))
    if rows.empty:  # it has none of the run's proxies
        return {"run": settings, "proxies": {}}
    formers = {
        name: replace_fields(run.entries[name], digest=column.formula)
        for name, column in atlas.columns.items()
    }
    cells = join(rows, run.table.accuracy(run.plan.accuracy), [known[name] for name in formers])
    former = replace_fields(run, scores=rows, cells=cells, entries=formers)
    return {"run": settings, "proxies": dict(entries(former))}


def stale_scores(out: Path) -> set[str]:
    """Return the scores of a run that were made by other formulas, passes or networks than now.

    A combination is stale if a member is.
    """
    folder = RunFolder(out)
    plan = Plan.read(folder.plan)[0]
    scores, said = folder.read_scores(), read_described(folder)
    old = set(stale(scores[~scores["proxy"].isin(list(said))], plan.space))
    for name, rows in scores[scores["proxy"].isin(list(said))].groupby("proxy"):
        foreign = said[str(name)]
        if foreign.moved or set(rows.get("key", [""])) != {foreign.key(plan.space)}:
            old.add(foreign.name)
    for name, now in keys_of(plan).items():
        if set(scores.loc[scores["proxy"] == name, "key"]) - {now}:
            old.add(name)
    return old | {
        combination.name
        for combination in choose(plan.proxies, said)[1]
        if old & set(combination.members)
    }


def identity(run: RunScores) -> dict[str, Any]:
    """Return what has to be equal for two runs to be paired: cells, accuracies, and inputs."""
    settings = {name: getattr(run.plan, name) for name in SAME}
    named = ("inputs_sha256", "accuracy_sha256")
    if lacking := [name for name in named if name not in run.provenance]:
        raise BadInput(
            f"The run's `plan.json` should name its {lacking[0]}. It does not: run again."
        )
    digests = {name: run.provenance[name] for name in named}
    indices = np.sort(run.cells["index"].unique()).astype("<i8")
    which = hashlib.sha256(indices.tobytes()).hexdigest()
    return settings | digests | {"cells": len(indices), "indices_sha256": which}


def entries(run: RunScores) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a baseline holds of each score, cells without one ranked worst."""
    for name, rows in run.cells.sort_values("index").groupby("proxy"):
        ranks = _ranks(rows["signed"].to_numpy(float))
        value = tau(run, rows, ranks)
        error = np.sqrt((spread(run, rows, value.influence) ** 2).sum())
        low, high = fisher(np.array([value.value]), np.array([error]))
        defined = rows[rows["status"] == "ok"]
        places = np.linspace(0, max(len(defined) - 1, 0), min(PROBES, len(defined))).astype(int)
        probes = defined.sort_values(["score", "index"]).iloc[np.unique(places)]
        pairs = zip(probes["index"].tolist(), probes["score"].tolist(), strict=True)
        yield (
            str(name),
            {
                "formula": _digest(run, str(name), rows),
                "family": run.entries[str(name)].family,
                "kendall": round(value.value, 4),
                "interval": [_rounded(low[0]), _rounded(high[0])],
                "missing": int((rows["status"] != "ok").sum()),
                "probes": {str(i): float(f"{s:.7g}") for i, s in pairs},
                "ranks": base64.b64encode(np.rint(2 * ranks).astype("<u2").tobytes()).decode(),
            },
        )


def ranks_of(entry: dict[str, Any]) -> Vector:
    """Return the ranks that an entry holds, of the cells by index."""
    return np.frombuffer(base64.b64decode(entry["ranks"]), dtype="<u2").astype(np.float64) / 2


def tau(run: RunScores, cells: pd.DataFrame, ranks: Vector) -> Statistic:
    """Return Kendall's tau; 0 where all ranks are equal, for the gate has to judge that too."""
    weights = run.design.weights(pd.Index(cells["index"]))
    statistic = kendall(ranks, cells["accuracy"].to_numpy(float), weights)
    return statistic if np.isfinite(statistic.value) else Statistic(0.0, np.zeros(len(ranks)))


def spread(run: RunScores, cells: pd.DataFrame, influence: Vector) -> Vector:
    """Return what each draw of the run's design contributes to a statistic."""
    return run.design.contributions(influence, pd.Index(cells["index"]), cells["class"])


def _digest(run: RunScores, name: str, rows: pd.DataFrame) -> str:
    """Return a digest of what a score is made by; of the scores where that is not known."""
    content = rows["score"].to_numpy("<f8").tobytes()
    return (run.entries[name].digest or hashlib.sha256(content).hexdigest())[:16]


def _ranks(signed: Vector) -> Vector:
    lowest = np.nanmin(signed) if np.isfinite(signed).any() else 0.0
    return midranks(np.where(np.isfinite(signed), signed, np.nextafter(lowest, -np.inf)))


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
