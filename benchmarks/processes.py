"""Worker processes that start clean, run one thread, and end with the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

import torch


def pool(workers: int, begin: Callable[..., object], *arguments: Any) -> ProcessPoolExecutor:
    """Return an executor of fresh processes, each of which first calls ``begin(*arguments)``."""
    context = SpawnContext()
    context.Process = _Deaf  # type: ignore[misc]
    return ProcessPoolExecutor(workers, context, _begin, (begin, *arguments))


class _Deaf(SpawnProcess):
    """A process that Ctrl-C does not reach, from its first instruction on.

    It inherits the blocked signal: until it ignores it by itself, seconds of imports go by.
    """

    def start(self) -> None:
        """Start the process; what is pressed meanwhile reaches this one afterwards."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(begin: Callable[..., object], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    begin(*arguments)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
