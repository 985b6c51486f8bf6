"""Searches answered by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from searchers import Observation, Question, Search, Train


def answered(
    search: Search,
    value: Callable[[Question], float],
    steps: int,
    *,
    returned: bool = False,
    objectives: Callable[[Question], tuple[float, ...]] = lambda _: (),
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
            answer = Observation(question.candidate, told[-1], epochs, objectives(question))
            question = search.send(answer)
    except StopIteration as end:
        choice = end.value
    return (asked, told, choice) if returned else (asked, told)
