"""Searches answered by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from searchers import Observation, Question, Search, Train


def answered(
    search: Search, value: Callable[[Question], float], steps: int, *, returned: bool = False
) -> tuple[Any, ...]:
    """Answer so many questions; return them, what was told, and what the search returned."""
    asked: list[Question] = []
    told: list[float] = []
    choice = None
    try:
        question = next(search)
        while len(asked) < steps:
            asked.append(question)
            told.append(value(question))
            epochs = question.epochs if isinstance(question, Train) else 0
            question = search.send(Observation(question.candidate, told[-1], epochs))
    except StopIteration as end:
        choice = end.value
    return (asked, told, choice) if returned else (asked, told)
