"""Somebody else's code is looked after while it runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


def alarmed(
    work: Callable[[], Made], look: Callable[[], object], seconds: float, again: float
) -> Made:
    """Return what ``work`` returns; what ``look`` raises meanwhile is raised in it.

    It looks after so many ``seconds``, then every ``again`` seconds. A signal does it, which only a
    process's main thread gets, and not on every system; elsewhere nobody looks. What is one call
    into a library goes on until that returns.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        return work()
    former = signal.signal(signal.SIGALRM, lambda _number, _frame: look())
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, again)
            return work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # where it looked and raised just before that line, it was not reached
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
