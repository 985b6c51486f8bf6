"""A search that asks nothing any more is stopped."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 900.0
"""Seconds between two questions after which a search is taken never to end."""


class Endless(RuntimeError):
    """A search that goes on for ever; the message says how."""


@contextmanager
def watched(asked: Callable[[], int]) -> Iterator[None]:
    """Raise :class:`Endless` in a search that asks nothing for :data:`PATIENCE` seconds.

    Only a process's main thread can be stopped so, and not on every system. A search that waits
    inside a compiled library goes on until that returns.

    Args:
        asked: returns how many questions there have been.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return
    seen = -1

    def look(_: int, __: FrameType | None) -> None:
        nonlocal seen
        if asked() == seen:
            raise Endless(f"it asks nothing for {PATIENCE:g} seconds")
        seen = asked()

    former = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
