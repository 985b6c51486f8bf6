"""What standing side by side gains: ``python -m studies.stack IMAGES [DEVICE]``.

By the number of cells in one network: operations that the device is asked for, seconds of one
process, and how far scores move.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from itertools import product

import pandas as pd
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.catalogue import BENCHMARKS
from benchmarks.images import minibatch
from benchmarks.nasbench201.cell import every_cell, representative
from benchmarks.sources import read_truth
from benchmarks.space import EMBEDDED, Benchmark
from harness import passes
from harness.runs.cells import select
from harness.scoring.inputs import frozen_inputs
from harness.scoring.tasks import Setting, Task
from harness.scoring.workers import scored
from proxies import Proxy
from studies import arguments, measures
from studies.whole_space import markdown

SIZES = {"cpu": (1, 4, 8), "cuda": (1, 8, 16, 32)}


class Counted(TorchDispatchMode):
    """Counts operations."""

    total = 0

    def __torch_dispatch__(self, function, types, arguments=(), named=None):
        """Context one operation."""
        Counted.total += 1
        return function(*arguments, **(named or {}))


def counted(one: passes.Pass) -> passes.Pass:
    """Return a pass that counts its operations."""

    def function(run: passes.Context) -> passes.Records:
        with Counted():
            return one.function(run)

    function.__name__ = one.function.__name__
    return replace(one, function=function)


def setting(space: Benchmark, images: str, batch: int, device: str) -> Setting:
    """Return the setting in which ``harness run`` scores a space's first dataset."""
    dataset = space.datasets[0]
    inputs, _ = frozen_inputs(minibatch(images, dataset, batch, 0, "true"))
    return Setting(space, dataset, inputs, device)


def run(where: Setting, cells: list[str], proxies: tuple[Proxy, ...], size: int) -> pd.DataFrame:
    """Return every score."""
    tasks = [Task(cell, 0, proxies) for cell in cells]
    rows = [row for some in scored(where, tasks, 1, size) for row in some]
    assert all(row.status != "failed" for row in rows)
    return pd.DataFrame(rows).set_index(["subject", "proxy"])["score"]


def neighbours() -> list[str]:
    """Return two runs of classes that stand together when the whole space is scored."""
    every = sorted({str(representative(cell)) for cell in every_cell()})
    return [*every[1600:1632], *every[3200:3232]]


def operations(where: Setting, samples: list[list[str]]) -> list[list[str]]:
    """Return rows of operations a cell."""
    original, passes.PASSES = passes.PASSES, tuple(map(counted, passes.PASSES))
    rows = []
    for size in (1, 4, 16, 32):
        row = [str(size)]
        for proxies, cells in product((measures.seven(), measures.suite()), samples):
            Counted.total = 0
            run(where, cells, proxies, size)
            row.append(f"{Counted.total / len(cells):,.0f}")
        rows.append(row)
    passes.PASSES = original
    return rows


def seconds(where: Setting, cells: list[str], sizes: tuple[int, ...]) -> list[list[str]]:
    """Return rows of seconds a cell and the largest change of a score."""
    rows = []
    for label, proxies in (("seven", measures.seven()), ("suite", measures.suite())):
        alone = run(where, cells[:1], proxies, 1)  # a warm-up
        for size in sizes:
            began = time.perf_counter()
            scores = run(where, cells, proxies, size)
            each = (time.perf_counter() - began) / len(cells)
            alone = scores if size == 1 else alone
            worst = ((scores - alone) / alone.where(alone != 0)).abs().groupby("proxy").max()
            most = f"{worst.max():.0e} ({worst.idxmax()})" if size > 1 else ""
            rows.append([where.benchmark.name, label, str(size), f"{each:.3f}", most])
    return rows


def main() -> None:
    """Print both tables."""
    source, named = arguments(__doc__, "IMAGES", "[DEVICE]")
    device = named or "cpu"
    sizes = SIZES[torch.device(device).type]
    tss, mini = BENCHMARKS["nats-tss"], BENCHMARKS["mini"]
    table = read_truth(EMBEDDED, 1).candidates
    drawn = list(select("random:64", table, tss, tss.datasets[0]))
    few = setting(tss, source, 2, device)
    headings = ["side by side", "seven, random cells", "seven, neighbours"]
    headings += ["suite, random cells", "suite, neighbours"]
    sys.stdout.write(markdown(operations(few, [drawn, neighbours()]), headings) + "\n")
    rows = []
    for space, images in ((mini, EMBEDDED), (tss, source)):
        where = setting(space, images, 64, device)
        rows += seconds(where, drawn[: 2 * max(sizes)], sizes)
    headings = ["space", "scores", "side by side", "seconds a cell", "largest relative change"]
    sys.stdout.write(markdown(rows, headings))


if __name__ == "__main__":
    main()
