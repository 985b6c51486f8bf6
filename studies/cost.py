"""Seconds and memory of each proxy: ``python -m studies.cost IMAGES``.

Each proxy alone, and all together, in a process of its own with one thread, on cells that span the
space. A unit is one plain forward and backward of a cell by PyTorch's own modules on the same
minibatch, one thread.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from benchmarks.catalogue import BENCHMARKS
from benchmarks.images import minibatch
from benchmarks.nasbench201.cell import Cell
from harness.passes import Inputs
from harness.scoring.inputs import frozen_inputs
from harness.scoring.tasks import Setting, Task, needs_network
from harness.scoring.workers import scored
from proxies import load_all
from studies import arguments
from studies.plain import Plain
from studies.whole_space import markdown

HOME = Path(__file__).parents[1]

CELLS = (
    "|skip_connect~0|+|none~0|none~1|+|none~0|nor_conv_3x3~1|none~2|",
    "|nor_conv_1x1~0|+|avg_pool_3x3~0|none~1|+|skip_connect~0|nor_conv_1x1~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|none~0|nor_conv_1x1~1|+|skip_connect~0|none~1|avg_pool_3x3~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
)


def measure(images: str, names: list[str]) -> dict[str, float]:
    """Return seconds a cell and peak megabytes of scoring ``names`` in this process."""
    torch.set_num_threads(1)
    setting = setting_of(images)
    chosen = tuple(load_all()[name] for name in names)
    tasks = [Task(cell, 0, chosen) for cell in (CELLS[0], *CELLS)]
    ends = [time.perf_counter() for _ in scored(setting, tasks, 1)]  # the first is a warm-up
    seconds = (ends[-1] - ends[0]) / len(CELLS)
    return {"seconds": seconds, "megabytes": peak()}


def peak() -> float:
    """Return the most memory, MB, that this process has held (what started it left out)."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def setting_of(images: str) -> Setting:
    """Return the setting in which all is scored."""
    space = BENCHMARKS["nats-tss"]
    dataset = space.dataset("cifar10")
    inputs, _ = frozen_inputs(minibatch(images, dataset, 64, 0, "true"))
    return Setting(space, dataset, inputs, "cpu")


def unit(cell: str, inputs: Inputs) -> float:
    """Return seconds of a plain forward and backward of a cell's network."""
    network, spent = Plain(Cell.parse(cell)), []
    for _ in range(3):
        began = time.perf_counter()
        F.cross_entropy(network(inputs.images), inputs.labels).backward()
        spent.append(time.perf_counter() - began)
    return min(spent)


def main() -> None:
    """Measure in children, print a row each, the cheapest first."""
    images, names = arguments(__doc__, "IMAGES", "[PROXIES]")
    if names:
        sys.stdout.write(json.dumps(measure(images, names.split(","))))
        return
    torch.set_num_threads(1)
    inputs = setting_of(images).inputs
    plain = statistics.mean(unit(cell, inputs) for cell in CELLS)
    known = {name: proxy for name, proxy in load_all().items() if needs_network(proxy)}
    spent = {}
    for label, names in {**{name: name for name in known}, "all together": ",".join(known)}.items():
        child = [sys.executable, "-m", f"studies.{Path(__file__).stem}", images, names]
        spent[label] = json.loads(
            subprocess.run(child, cwd=HOME, check=True, capture_output=True).stdout
        )
    rows = [
        [name, f"{one['seconds']:.2f}", f"{one['seconds'] / plain:.2f}", f"{one['megabytes']:.0f}"]
        for name, one in sorted(spent.items(), key=lambda item: item[1]["seconds"])
    ]
    total = sum(one["seconds"] for name, one in spent.items() if name in known) / plain
    rows.append(["sum of each alone", "", f"{total:.2f}", ""])
    sys.stdout.write(markdown(rows, ["proxy", "seconds a cell", "units", "peak MB"]))


if __name__ == "__main__":
    main()
