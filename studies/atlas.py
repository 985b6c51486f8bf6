"""Scores of the whole space, kept in one file while they are still being computed.

``python -m studies.atlas collect RUN FILE`` writes what a run folder has scored: one row a subject
(a functional class, or a cell where a score belongs to that) and seed, one column a proxy.
``python -m studies.atlas restore FILE RUN ...`` puts it back into a run folder, so that ``harness
score ... --out RUN`` with the same options goes on from there. Before that, ``CHECKED`` classes are
scored anew: a column whose numbers are others today is left out, and said.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.files import replace
from harness.folder import RunFolder
from harness.options import parser, plan_of
from harness.plan import frozen_inputs, identity
from harness.scoring.engine import score
from harness.scoring.keys import key
from harness.scoring.processes import deterministic
from harness.scoring.store import Score, Status, Store, stored
from harness.scoring.tasks import Setting, Task, needs_network
from proxies import Proxy, load_all

CHECKED, TOLERANCE = 2, 1e-3


def collect(run: Path, file: Path) -> str:
    """Write the scores of a run; return how many there are.

    Failed scores are left out, and counts, which cost nothing. An undefined score is NaN, one that
    is still missing is null.
    """
    shared, scores = stored(RunFolder(run).store)
    counts = {name for name, proxy in load_all().items() if not needs_network(proxy)}
    kept = [row for row in scores if row.status != "failed" and row.proxy not in counts]
    rows = pd.DataFrame(kept)
    wide = rows.pivot(index=["subject", "seed"], columns="proxy", values="score")
    there = rows.assign(here=True).pivot(index=["subject", "seed"], columns="proxy", values="here")
    subjects = wide.index.get_level_values("subject").to_list()
    columns = {
        "subject": pa.array(subjects),
        "seed": pa.array(wide.index.get_level_values("seed").to_numpy("int16")),
    }
    for name in wide:
        missing = there[name].isna().to_numpy()
        columns[str(name)] = pa.array(wide[name].to_numpy(float), mask=missing, from_pandas=False)
    table = pa.table(columns).replace_schema_metadata({"shared": json.dumps(shared)})
    replace(file, lambda path: pq.write_table(table, path, compression="zstd"))
    counted = ", ".join(f"{n} {name}" for name, n in rows.groupby("proxy").size().items())
    return f"{file}: {counted}"


def restore(file: Path, run: Path, options: list[str]) -> str:
    """Put the scores of a file into the store of a run folder; return what was left out."""
    plan = plan_of(parser().parse_args(["score", *options, "--out", str(run)]))
    table = pq.read_table(file)
    inputs, digest = frozen_inputs(plan.minibatch())
    shared = identity(plan, digest)
    former = json.loads(table.schema.metadata[b"shared"])
    for name in ("benchmark", "dataset", "labels", "batch", "inputs", "torch"):
        if former[name] != shared[name]:
            raise SystemExit(f"{file} is of {name} {former[name]}, not {shared[name]}.")
    names = [name for name in table.column_names[2:] if name in load_all()]
    deterministic()
    setting = Setting(plan.space, plan.data, inputs, "cpu").prepared()
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    places = list(zip(columns["subject"], columns["seed"], strict=True))
    full = [i for i in range(len(places)) if all(columns[name][i] is not None for name in names)]
    moved: set[str] = set()
    for i in np.random.default_rng(len(full)).choice(full, CHECKED, replace=False):
        task = Task(*places[i], tuple(load_all()[name] for name in names))
        for row in score(setting, task):
            old = columns[row.proxy][i]
            if not math.isclose(row.score, old, rel_tol=TOLERANCE, abs_tol=1e-9):
                moved |= set() if row.status == "undefined" and math.isnan(old) else {row.proxy}
    run.mkdir(parents=True, exist_ok=True)
    with Store(RunFolder(run).store, shared) as store:
        for name in (name for name in names if name not in moved):
            proxy = load_all()[name]
            made_by = key(proxy, plan.space)
            rows = [
                Score(subject, name, seed, made_by, value, *_status(proxy, value), 0.0)
                for (subject, seed), value in zip(places, columns[name], strict=True)
                if value is not None
            ]
            store.add(rows)
    return f"left out, as their numbers are others today: {', '.join(sorted(moved)) or 'none'}"


def _status(proxy: Proxy, value: float) -> tuple[Status, str]:
    return ("ok", "") if math.isfinite(value) else ("undefined", proxy.undefined)


if __name__ == "__main__":
    command, source, target, *more = sys.argv[1:]
    said = collect(Path(source), Path(target)) if command == "collect" else ""
    print(said or restore(Path(source), Path(target), more))
