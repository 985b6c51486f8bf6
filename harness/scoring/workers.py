"""Where tasks run: on which device, in this process or in others."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from functools import partial
from uuid import uuid4

import torch

from benchmarks.processes import Lost, Pool, completed
from harness.runs.devices import workers_for
from harness.scoring.processes import Scorer, deterministic, keep_memory, serve, set_up, work
from harness.scoring.store import Score
from harness.scoring.tasks import Setting, Task, groups, needs_network
from proxies.plugins import packaged

Backend = Callable[[Setting, Sequence[Task]], Iterator[list[Score]]]
"""What scores tasks, each in turn or many at once."""


def local(device: str, workers: int | None, stack: int) -> Backend:
    """Return what scores on this machine: one process a core unless given, on a GPU one."""
    return partial(scored, workers=workers or workers_for(device), stack=stack)


def scored(
    setting: Setting, tasks: Sequence[Task], workers: int, stack: int = 1
) -> Iterator[list[Score]]:
    """Yield the scores of each task as it is done, in no particular order.

    Every process runs one thread, whatever their number, so that on the CPU sums are taken in one
    order and the numbers do not depend on ``workers``. One worker is this process itself, unless a
    formula comes from a file or an installed package: what that does to its process is not done to
    the run. Tasks whose process dies are tried once more alone, and what ends it again is failed.

    Up to ``stack`` candidates are scored side by side in one network, fewer where memory runs out.
    Who stands beside whom changes a score by rounding.

    Raises:
        BadInput: worker processes die before they have done anything.
    """
    whole = groups(setting, tasks, stack)
    theirs = setting.plugins or packaged({proxy for task in tasks for proxy in task.proxies})
    if workers == 1 and not theirs:
        threads = torch.get_num_threads()
        deterministic()
        if any(needs_network(proxy) for task in tasks for proxy in task.proxies):
            keep_memory()
        scorer = Scorer(setting)
        try:
            for block in whole:
                yield from scorer(block)
        finally:
            torch.set_num_threads(threads)
        return
    lost = Lost[list[Task]]()
    yield from _pooled(setting, whole, workers, 2 * workers, lost)
    yield from _alone(setting, [task for block in lost.items for task in block])


DEATHS = 3
"""Networks on which a proxy alone ends its process before the others are no longer tried."""


def _alone(setting: Setting, suspects: Sequence[Task]) -> Iterator[list[Score]]:
    """Score tasks in whose company a process died, one at a time, and find what ends it.

    A task that ends its process again is halved by its proxies, until the one whose fault it is
    stands alone: it alone is failed.
    """
    waiting = list(suspects)
    deaths: Counter[str] = Counter()
    while waiting:
        task = waiting.pop()
        guilty = tuple(p for p in task.proxies if deaths[p.name] >= DEATHS)
        if guilty:
            reason = f"the process that scored it died, as on {DEATHS} networks before"
            yield _failed(task._replace(proxies=guilty), reason)
        innocent = tuple(p for p in task.proxies if p not in guilty)
        known = tuple(p for p in innocent if deaths[p.name])
        others = tuple(p for p in innocent if p not in known)
        parts = [part for part in (others, *((proxy,) for proxy in known)) if part]
        if len(parts) > 1:
            waiting += [task._replace(proxies=part) for part in parts]
            continue
        for part in parts:
            alone, lost = task._replace(proxies=part), Lost[list[Task]]()
            yield from _pooled(setting, [[alone]], 1, 1, lost)
            half = len(part) // 2
            if lost.items and half:
                halves = part[:half], part[half:]
                waiting += [task._replace(proxies=some) for some in halves]
            elif lost.items:
                deaths[part[0].name] += 1
                yield _failed(alone, f"the process that scored it died: {lost.death}")


def scored_by(
    executor: Executor, setting: Setting, tasks: Sequence[Task], stack: int = 1
) -> Iterator[list[Score]]:
    """Yield the scores of each task from any executor, in no particular order.

    The executor may be one of other machines, which have to have this package. Blocks are sent some
    at a time; of those that it gives up every task is sent once more alone, then halved by its
    proxies until the one whose fault it is stands alone.
    """
    whole = groups(setting, tasks, stack)
    size = math.ceil(SENT / stack)
    waiting = deque(whole[i : i + size] for i in range(0, len(whole), size))
    running: dict[Future[list[list[Score]]], list[list[Task]]] = {}
    run = uuid4().hex
    while waiting or running:
        while waiting and len(running) < IN_FLIGHT:
            some = waiting.popleft()
            running[executor.submit(serve, run, setting, some)] = some
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            some = running.pop(future)
            try:
                yield from future.result()
            except Exception as error:
                given_up = [task for block in some for task in block]
                if len(given_up) > 1:
                    waiting.extend([[task]] for task in given_up)
                elif half := len(given_up[0].proxies) // 2:
                    proxies = given_up[0].proxies
                    halves = proxies[:half], proxies[half:]
                    waiting.extend([[given_up[0]._replace(proxies=part)]] for part in halves)
                else:
                    reason = f"the executor gave it up: {type(error).__name__}: {error}"
                    yield _failed(given_up[0], reason)


SENT, IN_FLIGHT = 4, 256
"""Tasks in one message to an executor, and messages that are under way at most."""


def _failed(task: Task, reason: str) -> list[Score]:
    return [
        Score(task.subject, p.name, task.seed, "", math.nan, "failed", reason, 0.0)
        for p in task.proxies
    ]


def _pooled(
    setting: Setting,
    whole: Sequence[list[Task]],
    workers: int,
    in_flight: int,
    lost: Lost[list[Task]],
) -> Iterator[list[Score]]:
    """Score blocks in worker processes."""
    done = completed(
        lambda size: Pool(size, set_up, setting),
        lambda pool, block: pool.submit(work, block),
        whole,
        workers,
        in_flight,
        lost,
    )
    for _, rows in done:
        yield from rows
