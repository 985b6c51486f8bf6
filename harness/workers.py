"""Where tasks run: on which device, in this process or in others."""

from __future__ import annotations

import ctypes
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from tqdm import tqdm

from benchmarks.errors import BadInput
from benchmarks.processes import pool
from harness.engine import Setting, Task, blocks, key, needs_network, together
from harness.scores import Score
from proxies import load_entry_points, load_file

Backend = Callable[[Setting, Sequence[Task]], Iterator[list[Score]]]
"""What scores tasks, each in turn or many at once."""

SIDE_BY_SIDE = {"cpu": 1, "cuda": 16}
"""Candidates in one network, unless the user says how many: a GPU is far too large for one."""


def scored(
    setting: Setting, tasks: Sequence[Task], workers: int, stack: int = 1
) -> Iterator[list[Score]]:
    """Yield the scores of each task as it is done, in no particular order.

    Every process runs one thread, whatever their number, so that on the CPU sums are taken in one
    order and the numbers do not depend on ``workers``. One worker is this process itself; with
    more, a task whose process dies is tried once more alone, then stored as failed. Up to ``stack``
    candidates are scored side by side in one network, fewer where memory runs out.

    Raises:
        BadInput: worker processes die before they have done anything.
    """
    whole = blocks(setting, tasks, stack)
    if workers == 1:
        threads = torch.get_num_threads()
        _deterministic()
        if any(needs_network(proxy) for task in tasks for proxy in task.proxies):
            _keep_memory()
        scorer = Scorer(setting)
        try:
            for block in whole:
                yield from scorer(block)
        finally:
            torch.set_num_threads(threads)
        return
    suspects: list[Task] = []
    yield from _pooled(setting, whole, workers, 2 * workers, suspects)
    dead: list[Task] = []
    yield from _pooled(setting, [[task] for task in suspects], 1, 1, dead)
    reason = "the process that scored it died; it may have run out of memory"
    yield from (_failed(task, reason) for task in dead)


class Scorer:
    """Scores blocks of tasks in this process, fewer at once after memory has run out."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting.prepared()
        self.most = sys.maxsize

    def __call__(self, block: list[Task]) -> Iterator[list[Score]]:
        """Yield each task's scores.

        A block that does not fit into memory is halved, and those after it are no larger; one that
        raises anything else is scored one by one, which finds the task whose fault it is.
        """
        size = min(self.most, len(block))
        if size == len(block):
            try:
                yield from together(self.setting, block)
                return
            except Exception as error:
                if size == 1:
                    raise
                size = self._fewer(block, error)
            if self.setting.device.startswith("cuda"):
                torch.cuda.empty_cache()  # what the error held is free now
        for i in range(0, len(block), size):
            yield from self(block[i : i + size])

    def _fewer(self, block: list[Task], error: Exception) -> int:
        """Return how many to score at once instead, and say so."""
        # PyTorch's allocator of the CPU raises no type of its own
        kinds = torch.OutOfMemoryError, MemoryError
        if isinstance(error, kinds) or "can't allocate memory" in str(error):
            self.most = size = len(block) // 2
            why, then = "memory ran out", f"from here on at most {size} are"
        else:
            size, why = 1, f"{type(error).__name__}: {error}".splitlines()[0]
            then = "they are scored one by one"
        said = f"{len(block)} candidates were not scored side by side ({why}); {then}"
        tqdm.write(f"harness: {said}.", file=sys.stderr)
        return size


def scored_by(
    executor: Executor, setting: Setting, tasks: Sequence[Task], stack: int = 1
) -> Iterator[list[Score]]:
    """Yield the scores of each task from any executor, in no particular order.

    The executor may be one of other machines, which have to have this package. Tasks are sent some
    at a time; those that it gives up are stored as failed.
    """
    ordered = [task for block in blocks(setting, tasks, stack) for task in block]
    size = max(stack, SENT)
    waiting = iter([ordered[i : i + size] for i in range(0, len(ordered), size)])
    running: dict[Future[list[list[Score]]], list[Task]] = {}

    def send(count: int) -> None:
        for some in islice(waiting, count):
            running[executor.submit(_remote, setting, some, stack)] = some

    send(IN_FLIGHT)
    while running:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            some = running.pop(future)
            try:
                yield from future.result()
            except Exception as error:
                reason = f"the executor gave it up: {type(error).__name__}: {error}"
                yield from (_failed(task, reason) for task in some)
            send(1)


SENT, IN_FLIGHT = 4, 256
"""Tasks that are sent at least at once with what they share, and how often before an answer."""


def _remote(setting: Setting, tasks: list[Task], stack: int) -> list[list[Score]]:
    """Score in a process that may not have seen this setting before."""
    _begin(replace(setting, plugins=()))  # a file's proxies come with the tasks
    return [rows for block in blocks(setting, tasks, stack) for rows in _work(block)]


def _failed(task: Task, reason: str) -> list[Score]:
    return [
        Score(task.subject, p.name, task.seed, key(p), math.nan, "failed", reason, 0.0)
        for p in task.proxies
    ]


def _pooled(
    setting: Setting,
    whole: Sequence[list[Task]],
    workers: int,
    in_flight: int,
    suspects: list[Task],
) -> Iterator[list[Score]]:
    """Score blocks in worker processes; tasks in flight when one dies go to ``suspects``."""
    waiting = list(reversed(whole))
    while waiting:
        running: dict[Future[list[list[Score]]], list[Task]] = {}
        executor = pool(min(workers, len(waiting)), _begin, setting)
        try:
            _first_sign(executor)
            while waiting or running:
                while waiting and len(running) < in_flight:
                    running[executor.submit(_work, waiting[-1])] = waiting[-1]
                    waiting.pop()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    rows = future.result()
                    del running[future]
                    yield from rows
        except BrokenProcessPool:
            suspects.extend(task for block in running.values() for task in block)
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


_worker: list[Scorer] = []


def _begin(setting: Setting) -> None:
    _deterministic()
    _keep_memory()
    load_entry_points()
    for path in setting.plugins:
        load_file(Path(path))
    _worker[:] = [Scorer(setting)]


def _work(block: list[Task]) -> list[list[Score]]:
    return list(_worker[0](block))


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
