"""What standing side by side gains: ``python docs/studies/stack.py IMAGES [DEVICE]``.

Seconds a cell of one process, by the number of cells in one network, and how far scores move.
"""

from __future__ import annotations

import sys
import time

import measures
import pandas as pd
import torch
from weighted import markdown

from benchmarks.images import minibatch
from benchmarks.spaces import BENCHMARKS, EMBEDDED, Benchmark
from harness.cells import select
from harness.engine import Setting, Task
from harness.plan import frozen_inputs
from harness.truth import read_truth
from harness.workers import scored
from proxies import Proxy

SIZES = {"cpu": (1, 4, 8), "cuda": (1, 8, 16, 32)}


def setting(space: Benchmark, images: str, device: str) -> Setting:
    """Return the setting in which ``harness run`` scores a space's first dataset."""
    dataset = space.datasets[0]
    inputs, _ = frozen_inputs(minibatch(images, dataset, 64, 0, "true"))
    return Setting(space, dataset, inputs, device)


def run(where: Setting, cells: list[str], proxies: tuple[Proxy, ...], size: int) -> pd.DataFrame:
    """Return every score with its seconds."""
    tasks = [Task(cell, 0, proxies) for cell in cells]
    rows = [row for some in scored(where, tasks, 1, size) for row in some]
    assert all(row.status != "failed" for row in rows)
    return pd.DataFrame(rows).set_index(["subject", "proxy"])


def main() -> None:
    """Print a row for each space and size."""
    device = sys.argv[2] if len(sys.argv) > 2 else "cpu"
    sizes = SIZES[torch.device(device).type]
    table = read_truth(EMBEDDED, 1).candidates
    rows = []
    for name, images in (("mini", EMBEDDED), ("nats-tss", sys.argv[1])):
        space = BENCHMARKS[name]
        where = setting(space, images, device)
        cells = list(select(f"stratified:{2 * max(sizes)}", table, space, where.dataset))
        for label, proxies in (("seven", measures.seven()), ("suite", measures.suite())):
            run(where, cells[:1], proxies, 1)  # a warm-up
            alone = None
            for size in sizes:
                began = time.perf_counter()
                found = run(where, cells, proxies, size)
                each = (time.perf_counter() - began) / len(cells)
                alone = found if alone is None else alone
                moved = ((found["score"] - alone["score"]) / alone["score"]).abs()
                worst = moved.groupby("proxy").max().sort_values()
                most = f"{worst.iloc[-1]:.0e} ({worst.index[-1]})" if size > 1 else ""
                rows.append([name, label, str(size), f"{each:.3f}", most])
    headings = ["space", "scores", "side by side", "seconds a cell", "largest relative change"]
    sys.stdout.write(markdown(rows, headings))


if __name__ == "__main__":
    main()
