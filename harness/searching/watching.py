"""A search that asks nothing any more is stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from harness.scoring.alarm import with_timer

Made = TypeVar("Made")

PATIENCE = 900.0
"""Seconds between two questions after which a search is taken never to end."""


class SearchStalled(RuntimeError):
    """A search that goes on for ever; the message says how."""


def awaited(search: Callable[[], Made], asked: Callable[[], int]) -> Made:
    """Return what a search returns, where :func:`harness.scoring.alarm.with_timer` can watch it.

    Args:
        search: runs it.
        asked: returns how many questions there have been.

    Raises:
        SearchStalled: it asks nothing for :data:`PATIENCE` seconds.
    """
    seen = -1

    def check() -> None:
        nonlocal seen
        if asked() == seen:
            raise SearchStalled(f"it asks nothing for {PATIENCE:g} seconds")
        seen = asked()

    return with_timer(search, check, PATIENCE, PATIENCE)
