"""A limit on the time that a formula takes."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable

TIME_LIMIT = 600
"""Seconds that one formula has for one network, unless the user says how many."""

AGAIN = 1.0
"""Seconds after which a formula that went on nevertheless is stopped once more."""


class TookLonger(BaseException):
    """A formula has not ended in its time.

    It is no ``Exception``: a formula that goes on after every one of those ends all the same.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took longer than {seconds:g} s (`--time-limit`)")


def within(seconds: float, formula: Callable[[], float]) -> float:
    """Return a formula's value if it ends in time.

    A signal stops it, which only the main thread of a process gets, and not on Windows: elsewhere,
    as in the threads of Dask's workers, time has no limit. What is one call into a library goes on
    until that returns.

    Raises:
        TookLonger: it does not.
    """
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        return formula()

    def stop(_number: int, _frame: object) -> None:
        raise TookLonger(seconds)

    former = signal.signal(signal.SIGALRM, stop)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
            return formula()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:  # where the time was over just before that line, it was not reached
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
