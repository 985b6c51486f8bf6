"""Where tasks run: on which device, in this process or in others."""

from __future__ import annotations

import ctypes
import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch

from benchmarks.errors import BadInput
from benchmarks.processes import pool
from harness.engine import Setting, Task, key, needs_network, score
from harness.scores import Score
from proxies import load_entry_points, load_file

Backend = Callable[[Setting, Sequence[Task]], Iterator[list[Score]]]
"""What scores tasks, each in turn or many at once."""


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
        if any(needs_network(proxy) for task in tasks for proxy in task.proxies):
            _keep_memory()
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
            yield _failed(task, reason)


def scored_by(executor: Executor, setting: Setting, tasks: Sequence[Task]) -> Iterator[list[Score]]:
    """Yield the scores of each task from any executor, in no particular order.

    The executor may be one of other machines, which have to have this package. A block of tasks
    that it gives up is stored as failed.
    """
    blocks = [list(tasks[i : i + BLOCK]) for i in range(0, len(tasks), BLOCK)]
    waiting = iter(blocks)
    running = {executor.submit(_remote, setting, b): b for b in islice(waiting, IN_FLIGHT)}
    while running:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            block = running.pop(future)
            try:
                yield from future.result()
            except Exception as error:
                reason = f"the executor gave it up: {type(error).__name__}: {error}"
                yield from (_failed(task, reason) for task in block)
            for following in islice(waiting, 1):
                running[executor.submit(_remote, setting, following)] = following


BLOCK, IN_FLIGHT = 4, 256
"""Tasks that are sent at once with what they share, and blocks that an executor holds."""


def _remote(setting: Setting, block: list[Task]) -> list[list[Score]]:
    """Score a block in a process that may not have seen this setting before."""
    _begin(replace(setting, plugins=()))  # a file's proxies come with the tasks
    return [_work(task) for task in block]


def _failed(task: Task, reason: str) -> list[Score]:
    return [
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
    _keep_memory()
    load_entry_points()
    for path in setting.plugins:
        load_file(Path(path))
    _worker[:] = [setting.prepared()]


def _work(task: Task) -> list[Score]:
    return score(_worker[0], task)


def _deterministic() -> None:
    torch.set_num_threads(1)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def _keep_memory() -> None:
    """Let glibc keep freed memory: giving it back costs a page fault for every page used again."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return  # another C library
    # older versions take no more than 32 MiB; once one is set, neither adapts by itself
    if mallopt(MMAP_THRESHOLD, 2**30) or mallopt(MMAP_THRESHOLD, 2**25):
        mallopt(TRIM_THRESHOLD, 2**31 - 1)


TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's ``mallopt``."""


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
