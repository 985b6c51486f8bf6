"""Which passes a set of proxies needs, on which network, in which process."""

from __future__ import annotations

import hashlib
import inspect
import math
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import NamedTuple

import torch

from benchmarks.errors import BadInput
from benchmarks.network import Initialisation, Network, initialise
from benchmarks.processes import pool
from benchmarks.spaces import Benchmark, Dataset
from harness.passes import CODE, PASSES, Inputs, Pass, Records, pass_for
from harness.scores import Score, Status
from proxies import Proxy
from proxies.records import CellCounts, Draw, LiveCounts
from proxies.registry import syntax_digest

COUNTED = (CellCounts, LiveCounts, Draw)
"""Records that need no network."""


class Task(NamedTuple):
    """One subject, one seed, and the proxies to score it with."""

    subject: str
    seed: int
    proxies: tuple[Proxy, ...]


@dataclass(frozen=True)
class Setting:
    """What all tasks of a run share; sent once to each worker."""

    benchmark: Benchmark
    dataset: Dataset
    inputs: Inputs
    device: str

    def prepared(self) -> Setting:
        """Return the setting with its inputs on the device, in the layout that runs fastest."""
        images, labels, gaussian = self.inputs
        images = images.to(self.device).contiguous(memory_format=torch.channels_last)
        inputs = Inputs(images, labels.to(self.device), gaussian.to(self.device))
        return Setting(self.benchmark, self.dataset, inputs, self.device)


def needs_network(proxy: Proxy) -> bool:
    """Whether any pass has to run; counts and random draws need none."""
    return bool(set(proxy.records) - set(COUNTED))


def setting_of(proxy: Proxy) -> dict[str, str]:
    """Return what every stored score says of the passes behind it."""
    needed = _passes(proxy.records)
    return {
        "initialisation": " ".join(one.initialisation for one in needed),
        "batchnorm": " ".join(one.batchnorm for one in needed),
        "sees": " ".join(one.sees for one in needed),
    }


def belongs_to_cell(proxy: Proxy) -> bool:
    """Whether the score depends on the cell's string, not only on the function it computes."""
    return CellCounts in proxy.records


def key(proxy: Proxy) -> str:
    """Digest what a score depends on besides the plan: the formula, the passes, the seeding."""
    here = "".join(inspect.getsource(function) for function in (seed_of, _counted, _network))
    return hashlib.sha256((proxy.formula + CODE + syntax_digest(here)).encode()).hexdigest()[:16]


def seed_of(*parts: object) -> int:
    """Return a 63-bit seed that depends on the parts alone, never on order or process."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def score(setting: Setting, task: Task) -> list[Score]:
    """Score one subject: each pass that a proxy needs runs once, then the formulas.

    A pass or a formula that raises marks the proxies it serves as failed, with the reason; the
    others are not affected.
    """
    wanted = frozenset(record for proxy in task.proxies for record in proxy.records)
    made = _counted(setting, task, wanted)
    seconds: dict[Pass, float] = {}
    failures: dict[Pass, str] = {}
    networks: dict[Initialisation, Network] = {}
    for needed in _passes(wanted):
        began = time.perf_counter()
        try:
            network = networks.get(needed.initialisation) or _network(setting, task, needed)
            networks[needed.initialisation] = network
            made |= needed.function(network, setting.inputs, wanted)
            _synchronise(setting.device)
        except Exception as error:
            failures[needed] = f"{needed.name} pass: {type(error).__name__}: {error}"
        seconds[needed] = time.perf_counter() - began
    return [_row(proxy, task, made, seconds, failures) for proxy in task.proxies]


def _passes(records: Iterable[type]) -> list[Pass]:
    """Return the passes behind records, each once, in the order they run in."""
    needed = {pass_for(record).name for record in records if record not in COUNTED}
    return [one for one in PASSES if one.name in needed]


def _counted(setting: Setting, task: Task, wanted: frozenset[type]) -> Records:
    made: Records = {}
    if CellCounts in wanted:
        cost = setting.benchmark.cost(task.subject, setting.dataset)
        made[CellCounts] = CellCounts(*(torch.tensor(n, dtype=torch.float64) for n in cost))
    if LiveCounts in wanted:
        live = setting.benchmark.live_cost(task.subject, setting.dataset)
        made[LiveCounts] = LiveCounts(*(torch.tensor(n, dtype=torch.float64) for n in live))
    if Draw in wanted:
        generator = torch.Generator().manual_seed(seed_of(task.subject, task.seed, "draw"))
        made[Draw] = Draw(torch.rand((), generator=generator, dtype=torch.float64))
    return made


def _network(setting: Setting, task: Task, needed: Pass) -> Network:
    network = setting.benchmark.network(task.subject, setting.dataset)
    initialise(network, seed_of(task.subject, task.seed), needed.initialisation)
    return network.on(setting.device)


def _row(
    proxy: Proxy, task: Task, made: Records, seconds: dict[Pass, float], failures: dict[Pass, str]
) -> Score:
    needed = _passes(proxy.records)
    reason = "; ".join(failures[one] for one in needed if one in failures)
    value = math.nan
    status: Status = "failed"
    began = time.perf_counter()
    if not reason:
        try:
            value, status = float(proxy(*(made[record] for record in proxy.records))), "ok"
        except Exception as error:
            reason = f"formula: {type(error).__name__}: {error}"
    if status == "ok" and not math.isfinite(value):
        reason = f"{proxy.undefined or 'the formula says no more'}: {value}"
        value, status = math.nan, "undefined"
    spent = time.perf_counter() - began + sum(seconds[one] for one in needed)
    return Score(task.subject, proxy.name, task.seed, key(proxy), value, status, reason, spent)


def _synchronise(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def scored(setting: Setting, tasks: Sequence[Task], workers: int) -> Iterator[list[Score]]:
    """Yield the scores of each task as it is done, in no particular order.

    On the CPU every process runs one thread, whatever their number, so that sums are taken in one
    order and the numbers do not depend on ``workers``. One worker is this process itself; with
    more, a task whose process dies is tried once more alone, then stored as failed.

    Raises:
        BadInput: worker processes die before they have done anything.
    """
    if setting.device.startswith("cuda") or workers == 1:
        threads = torch.get_num_threads()
        _deterministic()
        ready = setting.prepared()
        try:
            yield from (score(ready, task) for task in tasks)
        finally:
            torch.set_num_threads(threads)
        return
    suspects: list[Task] = []
    yield from _pooled(setting, tasks, workers, suspects)
    for task in suspects:
        alone: list[Task] = []
        yield from _pooled(setting, [task], 1, alone)
        if alone:
            reason = "the process that scored it died; it may have run out of memory"
            yield [
                Score(task.subject, p.name, task.seed, key(p), math.nan, "failed", reason, 0.0)
                for p in task.proxies
            ]


def _pooled(
    setting: Setting, tasks: Sequence[Task], workers: int, suspects: list[Task]
) -> Iterator[list[Score]]:
    """Score in worker processes; tasks in flight when one dies go to ``suspects``."""
    waiting = list(reversed(tasks))
    while waiting:
        running: dict[Future[list[Score]], Task] = {}
        executor = pool(min(workers, len(waiting)), _begin, setting)
        try:
            _first_sign(executor)
            while waiting or running:
                while waiting and len(running) < 2 * workers:
                    running[executor.submit(_work, waiting[-1])] = waiting[-1]
                    waiting.pop()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    rows = future.result()
                    del running[future]
                    yield rows
        except BrokenProcessPool:
            suspects.extend(running.values())
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _first_sign(executor: Executor) -> None:
    try:
        executor.submit(int).result()
    except BrokenProcessPool as error:
        raise BadInput(
            "Worker processes should start. They die at once: is there enough memory? Try "
            "`--workers 1`, which scores in this process."
        ) from error


_worker: list[Setting] = []


def _begin(setting: Setting) -> None:
    _deterministic()
    _worker[:] = [setting.prepared()]


def _work(task: Task) -> list[Score]:
    return score(_worker[0], task)


def _deterministic() -> None:
    torch.set_num_threads(1)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def default_workers() -> int:
    """Return how many processes may run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def resolve_device(name: str) -> tuple[str, str]:
    """Return the device to use and, where it is not the one asked for, a sentence that says so."""
    if name == "auto":
        return ("cuda:0" if torch.cuda.is_available() else "cpu"), ""
    if name.startswith("cuda") and not torch.cuda.is_available():
        return "cpu", f"`--device {name}` was asked for; no GPU is usable here, so the CPU is used."
    if name.startswith("cuda:") and int(name[5:]) >= torch.cuda.device_count():
        raise BadInput(
            f"`--device` should be one of {torch.cuda.device_count()} GPUs, counted from 0. Found "
            f"`{name}`."
        )
    return ("cuda:0" if name == "cuda" else name), ""
