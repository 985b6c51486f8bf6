"""Somebody else's code, beside which a check is called by a timer while it runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


def with_timer(
    work: Callable[[], Made], check: Callable[[], object], seconds: float, again: float
) -> Made:
    """Return what ``work`` returns; what ``check`` raises meanwhile is raised in it.

    It is called after so many ``seconds``, then every ``again`` seconds, by a signal, which only a
    process's main thread gets, and not on every system; elsewhere it is not. What is one call
    into a library goes on until that returns.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        return work()
    former = signal.signal(signal.SIGALRM, lambda _number, _frame: check())
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, again)
            return work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # where it looked and raised just before that line, it was not reached
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
