"""Worker processes that start clean, run one thread, and end with the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch

from benchmarks.errors import BadInput

if sys.platform == "linux":
    from multiprocessing.context import ForkServerContext as Context
    from multiprocessing.context import ForkServerProcess as Process
else:  # elsewhere system libraries do not bear a fork
    from multiprocessing.context import SpawnContext as Context
    from multiprocessing.context import SpawnProcess as Process


class Pool(ProcessPoolExecutor):
    """An executor of fresh processes, each of which first calls ``begin(*arguments)``.

    On Linux they are forked from one server, which has imported PyTorch and the module of the first
    pool's ``begin``, and done nothing else: no thread runs in it, no device is open, no number was
    drawn. So a process starts in hundredths of a second that would import for seconds, and shares
    its memory.
    """

    def __init__(self, workers: int, begin: Callable[..., object], *arguments: Any) -> None:
        context = Context()
        context.set_forkserver_preload(["benchmarks.orphans", __name__, begin.__module__])
        with _environment(PYTHONWARNINGS="ignore"):  # where this process is killed, it alone says
            resource_tracker.ensure_running()
        context.Process = self._made  # type: ignore[misc,assignment]
        self._started: list[_Deaf] = []
        super().__init__(workers, context, _begin, (dict(os.environ), begin, *arguments))

    def death(self) -> str:
        """Shut down, and return what ended a process, in words: `SIGKILL`, `exit code 3`.

        The others are ended by SIGTERM, which is told only of all.
        """
        self.terminate()
        self.shutdown(wait=True, cancel_futures=True)
        codes = [process.exitcode for process in self._started if process.exitcode]
        own = [code for code in codes if code != -signal.SIGTERM] or codes
        if not own:
            return "exit code 0"
        if own[0] == -signal.SIGKILL:
            return "SIGKILL, as where memory runs out"
        return signal.Signals(-own[0]).name if own[0] < 0 else f"exit code {own[0]}"

    def __exit__(self, *raised: Any) -> bool | None:
        if isinstance(raised[1], BrokenProcessPool):
            self.terminate()
        return super().__exit__(*raised)

    def terminate(self) -> None:
        """End all processes: the executor forgets one that starts while another dies, and waits."""
        for process in self._started:
            if process.pid is not None:
                process.terminate()

    def _made(self, *arguments: Any, **named: Any) -> _Deaf:
        self._started.append(_Deaf(*arguments, **named))
        return self._started[-1]


Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class Lost(Generic[Item]):
    """What was in flight when a process died, and what ended the one that died last, in words."""

    items: list[Item] = field(default_factory=list)
    death: str = ""


def completed(
    pool: Callable[[int], Pool],
    submit: Callable[[Pool, Item], Future[Result]],
    items: Sequence[Item],
    workers: int,
    in_flight: int,
    lost: Lost[Item],
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with its result as it is done, in no particular order.

    Where a process dies, a new pool goes on with what nobody has begun.

    Args:
        pool: starts a pool of so many workers.
        submit: gives an item to a pool.
        items: taken in order.
        workers: at most so many.
        in_flight: how many items are given to a pool at once.
        lost: takes what a process that dies leaves undone.

    Raises:
        BadInput: worker processes die before they have done anything.
    """
    waiting = deque(items)
    while waiting:
        running: dict[Future[Result], Item] = {}
        executor = pool(min(workers, len(waiting)))
        try:
            _first_sign(executor)
            while waiting or running:
                while waiting and len(running) < in_flight:
                    running[submit(executor, waiting[0])] = waiting[0]
                    waiting.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    yield running.pop(future), result
        except BrokenProcessPool:
            lost.items.extend(running.values())
            lost.death = executor.death()
        except Exception:  # an item that cannot be sent blocks what would end it in peace
            executor.terminate()
            raise
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def _first_sign(executor: Pool) -> None:
    try:
        executor.submit(int).result()
    except BrokenProcessPool as error:
        raise BadInput(
            f"Worker processes should start. One died at once ({executor.death()}). Free memory, "
            "give fewer `--workers`, or, in a script of your own, call from under `if __name__ == "
            '"__main__":`; the same command goes on from what was stored.'
        ) from error


class _Deaf(Process):
    """A process that Ctrl-C does not reach, from its first instruction on.

    It inherits the blocked signal: until it ignores it by itself, seconds of imports go by.
    """

    def start(self) -> None:
        """Start the process; what is pressed meanwhile reaches this one afterwards."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            if sys.platform == "linux":
                path = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
                with _environment(PYTHONSAFEPATH="1", PYTHONPATH=path):  # the modules found here
                    forkserver.ensure_running()
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _environment(**changed: str) -> Iterator[None]:
    """Change environment variables for the processes that are started inside the block."""
    before = dict(os.environ)
    os.environ.update(changed)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _begin(environment: dict[str, str], begin: Callable[..., object], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    os.environ.clear()
    os.environ.update(environment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    begin(*arguments)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
