"""What ``speed.py`` measures: seconds a cell, of plain PyTorch and of the engine."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from nats_bench import create
from torch import nn

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.images import minibatch
from benchmarks.nasbench201.cell import every_cell, representative
from benchmarks.network import initialise
from benchmarks.table import AccuracyTable
from harness import passes
from harness.judging.joining import join
from harness.judging.judge import judge
from harness.judging.score_table import ScoreTable
from harness.passes import Context
from harness.runs.cells import select
from harness.scoring.engine import records
from harness.scoring.entries import of_proxy
from harness.scoring.inputs import frozen_inputs
from harness.scoring.tasks import Setting, Task, needs_network
from harness.scoring.workers import scored
from proxies import Proxy, load_all
from studies import arguments
from studies.cost import peak
from studies.plain import Plain

HOME = Path(__file__).parents[1]

SPACE = BENCHMARKS["nats-tss"]
DATASET = SPACE.dataset("cifar10")
CELLS = 12
SEVEN = ("grad_norm", "snip", "grasp", "fisher", "jacob_cov", "plain", "synflow")
"""The standard suite, whose cost with the best-known reference code is about 16 units."""


def suite() -> tuple[Proxy, ...]:
    """Return every score that runs a network, but the one that trains it."""
    known = load_all().values()
    return tuple(one for one in known if needs_network(one) and one.family != "few-step")


def seven() -> tuple[Proxy, ...]:
    """Return the standard suite."""
    return tuple(load_all()[name] for name in SEVEN)


def cells() -> list[str]:
    """Return classes that are spread evenly over the ranking by live parameters."""
    every = pd.Series({i: str(cell) for i, cell in enumerate(every_cell())})
    drawn = select(f"stratified:{CELLS}", every, SPACE, DATASET).map(SPACE.representative)
    return list(drawn.unique())


def setting(images: str, device: str = "cpu") -> Setting:
    """Return the setting that ``harness run`` scores in."""
    inputs, _ = frozen_inputs(minibatch(images, DATASET, 64, 0, "true"))
    return Setting(SPACE, DATASET, inputs, device)


def unit(images: str, threads: int) -> float:
    """Return seconds of one plain float32 forward and backward, the mean over cells.

    In a process of its own, which nothing of the harness has set up.
    """
    return float(_child("unit", images, str(threads)))


def _units(images: str, threads: str) -> float:
    torch.set_num_threads(int(threads))
    inputs = setting(images).inputs
    return statistics.mean(_best(partial(_train, Plain(SPACE.cell(c)), inputs)) for c in cells())


def _child(*arguments: str) -> Any:
    child = [sys.executable, "-m", f"studies.{Path(__file__).stem}", *arguments]
    return json.loads(subprocess.run(child, cwd=HOME, check=True, capture_output=True).stdout)


def _train(network: nn.Module, inputs: passes.Inputs) -> None:
    F.cross_entropy(network(inputs.images), inputs.labels).backward()


def rate(
    where: Setting, proxies: tuple[Proxy, ...], workers: int, seeds: int, stack: int = 1
) -> float:
    """Return seconds a cell of scoring, the start of the processes left out."""
    tasks = [Task(cell, seed, proxies) for seed in range(seeds) for cell in cells()]
    ends = []
    for rows in scored(where, tasks, workers, stack):
        ends.append(time.perf_counter())
        assert all(row.status != "failed" for row in rows)
    first = workers * stack
    return (ends[-1] - ends[first - 1]) / (len(ends) - first)


def shares(where: Setting) -> dict[str, float]:
    """Return each pass's share of the suite's seconds, in one process."""
    spent: Counter[str] = Counter()

    def timed(one: passes.Pass) -> passes.Pass:
        def function(run: Context) -> passes.Records:
            began = time.perf_counter()
            made = one.function(run)
            spent[one.name] += time.perf_counter() - began
            return made

        function.__name__ = one.function.__name__
        return replace(one, function=function)

    original, passes.PASSES = passes.PASSES, tuple(map(timed, passes.PASSES))
    began = time.perf_counter()
    for _ in scored(where, [Task(cell, 0, suite()) for cell in cells()], 1):
        pass
    total = time.perf_counter() - began
    passes.PASSES = original
    spent["building networks, formulas"] = total - sum(spent.values())
    return {name: seconds / total for name, seconds in spent.most_common()}


def over_convolutions(where: Setting) -> float:
    """Return the loss pass over its convolutions alone, one thread."""
    ours = alone = 0.0
    for _ in scored(where, [Task(cells()[0], 0, seven())], 1):
        torch.set_num_threads(1)  # as a worker is set up
        ready = where.prepared()
        for cell in cells():
            network = SPACE.network([cell], DATASET)
            initialise(network, 0)
            network.on("cpu")
            wanted = frozenset({passes.Forward, passes.Slopes})
            ours += _best(partial(records, lambda _, made=network: made, ready.inputs, wanted))
            seen = records(lambda _, made=network: made, ready.inputs, wanted)[passes.Forward]
            convolutions = [
                (layer, x.detach(), y.detach())
                for layer, (x, y) in seen.calls.items()
                if isinstance(layer, nn.Conv2d)
            ]
            alone += _best(partial(_run, convolutions))
    return ours / alone


def _run(convolutions: list[tuple[nn.Conv2d, torch.Tensor, torch.Tensor]]) -> None:
    """Run convolutions forward and backward; that of the images has no gradient of its input."""
    for i, (layer, x, y) in enumerate(convolutions):
        sizes = layer.stride, layer.padding, (1, 1)
        with torch.no_grad():
            F.conv2d(x, layer.weight, None, *sizes)
        wanted = [i > 0, True, False]
        torch.ops.aten.convolution_backward(
            y, x, layer.weight, None, *sizes, False, [0, 0], 1, wanted
        )


def _best(run: Callable[[], None], times: int = 4) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def classes() -> float:
    """Return how many cells there are for each functional class."""
    every = list(every_cell())
    return len(every) / len({representative(cell) for cell in every})


def statistics_alone(table: str) -> tuple[float, float]:
    """Return seconds and gigabytes of joining and judging 15,625 cells, 30 proxies, 3 datasets."""
    seconds, gigabytes = _child("statistics", table)
    return seconds, gigabytes


def _judge_all(table: str) -> tuple[float, float]:
    accuracies = AccuracyTable.read(Path(table))
    names = [
        AccuracyName(one.name, one.split, 200, None)
        for one in SPACE.datasets
        if one.name != "cifar10-valid"
    ]
    first = accuracies.accuracy(names[0])
    base = accuracies.candidates.loc[first.index].rename("arch").rename_axis("index").reset_index()
    base["class"] = base["arch"].map(SPACE.representative)
    base[["seed", "status"]] = 0, "ok"
    draw, proxies = np.random.default_rng(0), list(load_all().values())[:30]
    spread = float(first.std())
    scores = pd.concat(
        base.assign(
            proxy=one.name,
            seed=0,
            status="ok",
            score=first + draw.normal(0, spread * (i + 1) / 8, len(first)),
        )
        for i, one in enumerate(proxies)
    )
    entries = {one.name: of_proxy(one) for one in proxies}
    began = time.perf_counter()
    cells = join(scores, first, proxies)
    for name in names:
        there = cells.assign(accuracy=cells["index"].map(accuracies.accuracy(name)))
        judge(ScoreTable.of(there, entries), name, "speed")
    seconds = time.perf_counter() - began
    return seconds, peak() / 1024


def loading(archive: Path, table: Path) -> float:
    """Return how much longer the official API takes to read 15,625 cells than the table does.

    The API's seconds are those of the genuine records at hand, scaled to all.
    """
    indices = sorted(int(path.name[:6]) for path in archive.glob("0*.pickle.pbz2"))

    def official() -> None:
        api = create(str(archive), "tss", fast_mode=True, verbose=False)
        for index in indices:
            for epochs in ("12", "200"):
                for dataset in ("cifar10-valid", "cifar10", "cifar100", "ImageNet16-120"):
                    api.get_more_info(index, dataset, hp=epochs, is_random=False)

    def opened() -> None:
        create(str(archive), "tss", fast_mode=True, verbose=False)

    each = (_best(official) - _best(opened)) / len(indices)
    ours = _best(
        lambda: AccuracyTable.read(table).accuracy(AccuracyName("cifar10", "ori-test", 200, None))
    )
    return each * len(list(every_cell())) / ours


if __name__ == "__main__":
    kind, *words = arguments(__doc__, "{unit,statistics}", "WORDS...")
    made = {"unit": _units, "statistics": _judge_all}[kind](*words)
    sys.stdout.write(json.dumps(made))
