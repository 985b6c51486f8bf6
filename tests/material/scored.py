"""Scores by the engine, of one network or of many side by side."""

from __future__ import annotations

import random

from benchmarks.nasbench201.cell import Cell, every_cell
from harness import passes
from harness.scoring.tasks import Setting, Task
from harness.scoring.workers import scored
from proxies import Proxy, load_all
from tests.material.tiny import CELLS, DEAD

ORIGINAL = passes.PASSES


def values(rows: list) -> dict:
    return {(row.subject, row.proxy, row.seed): row.score for row in rows if row.status == "ok"}


def run(where: Setting, tasks: list[Task], workers: int) -> dict:
    return values([row for rows in scored(where, tasks, workers) for row in rows])


def failing(function: object) -> Proxy:
    settings = vars(load_all()["snip"]) | {"name": function.__name__, "function": function}  # type: ignore[attr-defined]
    return Proxy(**settings)


DRAWN = random.Random(0).sample(list(every_cell()), 8)


CROWD = [*map(Cell.parse, (*CELLS, DEAD)), *DRAWN, Cell(("nor_conv_3x3",) * 6)]


EVERY = tuple(load_all().values())


def tasks(proxies: tuple[Proxy, ...] = EVERY) -> list[Task]:
    return [Task(str(cell), 0, proxies) for cell in CROWD]


TOLERANCE = 1e-4
"""Of a score in float32."""
