"""What a forward and backward costs in a run, so that costs can be told in units of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from harness.scoring.store import Score
from harness.scoring.tasks import Task
from proxies import load_all

UNIT = "forward and backward"
"""Name of a score that is not kept: its seconds are."""

NETWORKS = 12
"""On how many of those that are scored a unit is measured, where it costs something."""

Seconds = dict[tuple[str, int], float]
"""Of a unit, by subject and seed."""


def with_units(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks, some with one forward and backward beside their proxies.

    It is what grad_norm needs: where any proxy needs that anyway every task has it, for it is free.
    """
    unit = replace(load_all()["grad_norm"], name=UNIT)
    free = any(set(unit.records) & set(p.records) for task in tasks for p in task.proxies)
    n = len(tasks) if free else min(NETWORKS, len(tasks))
    measured = set(np.linspace(0, len(tasks) - 1, n).round().astype(int).tolist())
    return [
        task._replace(proxies=(*task.proxies, unit)) if i in measured else task
        for i, task in enumerate(tasks)
    ]


def without_units(scored: Iterable[list[Score]], seconds: Seconds) -> Iterator[list[Score]]:
    """Yield the scores that are kept, and note the seconds of the units among them."""
    for rows in scored:
        seconds |= {
            (r.subject, r.seed): r.seconds for r in rows if r.proxy == UNIT and not r.reason
        }
        yield [row for row in rows if row.proxy != UNIT]


def costs(stored: pd.DataFrame, seconds: Seconds, former: pd.DataFrame) -> pd.DataFrame:
    """Return ``proxy, seconds, n, units``: mean seconds of a network, and in units.

    Units are the median over the networks that have both, as a process's first is slow; where none
    has, those of the ``former`` costs stay.
    """
    means = stored.groupby("proxy")["seconds"].agg(seconds="mean", n="size").reset_index()
    kept = former.set_index("proxy")["units"] if "units" in former else pd.Series(dtype=float)
    unit = pd.Series(seconds, dtype=float)
    if len(unit):
        places = pd.MultiIndex.from_frame(stored[["subject", "seed"]])
        rows = stored.assign(unit=unit.reindex(places).to_numpy()).dropna(subset="unit")
        ratio = rows["seconds"] / rows["unit"]
        kept = ratio.groupby(rows["proxy"]).median().combine_first(kept)
    return means.assign(units=means["proxy"].map(kept))
