"""A limit on the time that a formula takes."""

from __future__ import annotations

from collections.abc import Callable

from harness.scoring.alarm import with_timer

AGAIN = 1.0
"""Seconds after which a formula that went on nevertheless is stopped once more."""


class TookLonger(BaseException):
    """A formula has not ended in its time.

    It is no ``Exception``: a formula that goes on after every one of those ends all the same.
    """


def within(seconds: float, formula: Callable[[], float]) -> float:
    """Return a formula's value, where :func:`harness.scoring.alarm.with_timer` can watch it.

    Raises:
        TookLonger: it has not ended after so many seconds.
    """

    def check() -> None:
        raise TookLonger(f"took longer than {seconds:g} s (`--time-limit`)")

    return with_timer(formula, check, seconds, AGAIN)
