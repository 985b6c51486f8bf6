"""Shards that were scored apart, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.errors import BadInput
from harness.plan import Plan
from harness.scoring.flow import STORE, score, truth
from harness.scoring.store import Store, stored_identity
from harness.scoring.workers import default_workers, local


def merge(runs: Sequence[Path], out: Path, workers: int | None) -> None:
    """Copy the scores of run folders into one, then compute what no shard holds.

    Raises:
        BadInput: a folder is no run, or scored other candidates, inputs or proxies than the first.
    """
    plans = [replace(Plan.read(run / "plan.json")[0], shard="1/1") for run in runs]
    first = plans[0]
    for run, plan in zip(runs, plans, strict=True):
        alike = replace(plan, device=first.device, stack=first.stack)  # the store has the kind
        differing = [n for n, value in vars(alike).items() if value != vars(first)[n]]
        if differing:
            name = differing[0]
            raise BadInput(
                f"Runs should be shards of one plan. `{run}` has {name} `{vars(plan)[name]}`, "
                f"`{runs[0]}` has `{vars(first)[name]}`."
            )
    identity = stored_identity(runs[0] / STORE)
    out.mkdir(parents=True, exist_ok=True)
    with Store(out / STORE, identity) as target:
        for run in runs:
            with Store(run / STORE, identity) as source:
                target.add(source.every())
    table = truth(first, workers or default_workers())
    score(first, table, out, local(first.device, workers, first.stack))
