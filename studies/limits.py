"""What the suite would take at the ceilings of one core: ``python -m studies.limits IMAGES``.

Operations and bytes of every pass over what one core of this machine reaches at each, beside what
the engine takes, one process with one thread.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.network import initialise
from harness.passes import Context, Forward
from harness.passes.forward import forward_pass
from harness.scoring.tasks import Setting, Task
from harness.scoring.workers import scored
from studies import arguments, measures
from studies.whole_space import markdown

WORK = {
    "forward": (1, 1),
    "slopes": (2, 1.5),
    "input": (1, 1.5),
    "hessian": (4, 4),
    "halves": (3, 2.5),
    "loss_kernel": (2, 2),
    "true_logit": (2, 2),
    "probes": (4, 4),
    "logits": (20, 20),
    "fan_out_forward": (1, 1),
    "logit_sum": (2, 2),
    "perturbation": (2, 2),
    "blocks": (2, 2.5),
    "patterns": (1 / 4, 1 / 4),
    "layers": (1 / 16, 1 / 16),
}
"""How often a pass does the work of all convolutions' forward on the minibatch (a gradient of the
input and one of the weights are as much each), and how often it moves every layer's input and
output (a backward moves an input twice)."""


def ceilings() -> tuple[float, float]:
    """Return operations and bytes a second of one core: a large convolution, and a large copy."""
    x = torch.randn(64, 64, 32, 32).contiguous(memory_format=torch.channels_last)
    w = torch.randn(64, 64, 3, 3).contiguous(memory_format=torch.channels_last)
    big, target = torch.randn(2**25), torch.empty(2**25)
    with torch.no_grad():
        convolution = _best(lambda: F.conv2d(x, w, padding=1))
        copy = _best(lambda: target.copy_(big))
    return 2 * 64**2 * 9 * 64 * 32**2 / convolution, 2 * 4 * 2**25 / copy


def _best(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(7):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def work(where: Setting) -> tuple[float, float]:
    """Return operations of one forward's convolutions, and bytes of its layers, mean over cells."""
    operations = moved = 0.0
    for cell in measures.cells():
        network = measures.SPACE.network([cell], measures.DATASET)
        initialise(network, 0)
        with torch.no_grad():
            records = forward_pass(Context(network, where.inputs, frozenset(), {}))
        called = records[Forward].calls
        for module, (x, y) in called.items():
            if isinstance(module, nn.Conv2d):
                operations += 2 * module.weight[0].numel() * y.numel()
            if not isinstance(module, nn.Identity):
                moved += 4 * (x.numel() + y.numel())
    return operations / measures.CELLS, moved / measures.CELLS


def main() -> None:
    """Print a row for each pass."""
    (images,) = arguments(__doc__, "IMAGES")
    torch.set_num_threads(1)
    where = measures.setting(images)
    tasks = [Task(cell, 0, measures.suite()) for cell in measures.cells()]
    list(scored(where, tasks[:1], 1))
    began = time.perf_counter()
    list(scored(where, tasks, 1))
    total = (time.perf_counter() - began) / len(tasks)
    shares = measures.shares(where)
    rate, bandwidth = ceilings()
    operations, moved = work(where)
    sys.stdout.write(
        f"One core: {rate / 1e9:.0f} GFLOP/s in a convolution, {bandwidth / 1e9:.1f} GB/s in a "
        f"copy. One forward: {operations / 1e9:.1f} GFLOP in convolutions, {moved / 1e9:.2f} GB "
        "through its layers.\n\n"
    )
    rows, sums = [], [0.0, 0.0, 0.0]
    for name, share in shares.items():
        convolutions, trips = WORK.get(name, (0, 0))
        least, memory = operations * convolutions / rate, moved * trips / bandwidth
        taken = share * total
        sums = [a + b for a, b in zip(sums, (least, memory, taken), strict=True)]
        rows.append([name, *(f"{1000 * one:.0f}" for one in (least, memory, taken))])
    rows.append(["all", *(f"{1000 * one:.0f}" for one in sums)])
    header = ["pass", "operations, ms", "bytes, ms", "taken, ms"]
    sys.stdout.write(markdown(rows, header))


if __name__ == "__main__":
    main()
