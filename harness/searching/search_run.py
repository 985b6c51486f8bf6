"""What a search on a table leaves: its choice, what it cost, and the trainings behind it."""

from __future__ import annotations

from typing import NamedTuple


class Trial(NamedTuple):
    """One training: a candidate's official index, what had been spent after it, what it told."""

    step: int
    candidate: int
    epochs: int
    spent: float
    signal: float


class SearchRun(NamedTuple):
    """One search, done: its ``choice``'s index and the ``signal`` of that, NaN if not trained.

    ``scored`` counts scores, ``distinct`` functional classes that were trained. ``status`` is
    ``ok`` or ``failed``, with a ``reason``; the choice of a failed one is -1. ``notes`` are what
    the search noted, as JSON.
    """

    searcher: str
    seed: int
    status: str
    reason: str
    choice: int
    signal: float
    spent: float
    trainings: int
    scored: int
    distinct: int
    notes: str
    trials: tuple[Trial, ...]
