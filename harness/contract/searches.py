"""The contract of a searcher: rules that ``harness validate`` and the test suite try.

They are tried on the embedded benchmark, trainings counted, with a few seeds.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache

import numpy as np

from harness.contract.finding import Finding
from harness.options.search_settings import search_plan_of
from harness.searching.driver import OngoingSearch, Terms
from harness.searching.problem import Problem
from harness.searching.problems import problem_of, read_table
from harness.searching.search_run import SearchRun
from searchers import Answer, ConfiguredSearcher, Question

BUDGET = 40.0
"""Trainings."""

SEED = 3


class SearcherUnderTest:
    """A searcher on the embedded benchmark."""

    def __init__(self, chosen: ConfiguredSearcher) -> None:
        self.chosen, self.problem = chosen, problem_for(chosen)
        self.asked: list[tuple[Question, Answer]] = []

    def run(self, budget: float = BUDGET, seed: int = SEED) -> SearchRun:
        """Run it from one seed, what it asks noted."""
        self.asked = []
        ongoing = OngoingSearch(self.problem, Terms(budget), seed)
        answer = ongoing.answer

        def noted(question: Question) -> Answer:
            told = answer(question)
            self.asked.append((question, told))
            return told

        ongoing.answer = noted  # type: ignore[method-assign]
        return ongoing(self.chosen)


SearcherCheck = Callable[[SearcherUnderTest], Finding]


def validate_searcher(chosen: ConfiguredSearcher) -> Iterator[Finding]:
    """Yield a finding for every rule of a searcher's contract."""
    searcher = SearcherUnderTest(chosen)
    for check in SEARCHER_CHECKS:
        rule = (inspect.getdoc(check) or "").rstrip(".")
        try:
            yield check(searcher)
        except Exception as error:  # it is someone else's code
            yield Finding(False, f"{rule}: it raises {type(error).__name__}: {error}")


def problem_for(chosen: ConfiguredSearcher) -> Problem:
    """Return the embedded benchmark, with scores of whatever names a searcher asks for.

    A score that the benchmark does not count is drawn: the rules are about the searcher.
    """
    problem = _embedded("error,params" if chosen.searcher.objectives else None)
    drawn = np.random.default_rng(0).normal(size=(len(chosen.reads), len(problem.index)))
    scores = {name: values.tolist() for name, values in zip(chosen.reads, drawn, strict=True)}
    return replace(problem, scores=scores, seconds=dict.fromkeys(scores, 0.0))


@cache
def _embedded(objectives: str | None) -> Problem:
    from harness.options.parser import parser

    words = ["search", "--budget", str(int(BUDGET)), "--out", "."]
    words += ["--objectives", objectives] if objectives else []
    plan = search_plan_of(parser().parse_args(words))
    return problem_of(plan, read_table(plan, 1), [])


def documented(searcher: SearcherUnderTest) -> Finding:
    """It says what it is."""
    entry = searcher.chosen.searcher
    if len(entry.text) > 30 and entry.summary.rstrip().endswith((".", ":")) and entry.source:
        return Finding(True, "It has a docstring and a source.")
    return Finding(False, "It should say what it does and where that is published: add both.")


def chooses(searcher: SearcherUnderTest) -> Finding:
    """It trains or chooses candidates of the space."""
    run = searcher.run()
    if run.status == "failed":
        limit = f"{BUDGET:g} trainings"
        return Finding(False, f"It should choose a candidate within {limit}, but {run.reason}.")
    asked = f"It asks {len(searcher.asked)} questions, trains {run.trainings} candidates"
    return Finding(True, f"{asked}, and chooses one.")


def deterministic(searcher: SearcherUnderTest) -> Finding:
    """The same seed asks the same."""
    state = np.random.get_state()
    try:
        np.random.seed(0)
        first = (searcher.run(), list(searcher.asked))
        np.random.seed(1)
        second = (searcher.run(), list(searcher.asked))
    finally:
        np.random.set_state(state)
    if first[0].choice == second[0].choice and _alike(first[1], second[1]):
        return Finding(True, "The same seed asks the same, whatever the global random state.")
    return Finding(
        False,
        "The same seed should ask the same: draw from `rng` and nothing else, and do not depend on "
        "the order of sets.",
    )


def bounded(searcher: SearcherUnderTest) -> Finding:
    """It keeps the budget."""
    run = searcher.run()
    most = max(max(cost) for cost in searcher.problem.cost.values())
    if run.spent < BUDGET + most:
        return Finding(True, f"It is stopped at its budget ({run.spent:g} of {BUDGET:g} spent).")
    return Finding(False, f"It spends {run.spent:g} of {BUDGET:g}: it should be stopped earlier.")


def resumed(searcher: SearcherUnderTest) -> Finding:
    """A larger budget goes on where a smaller one ended."""
    searcher.run(BUDGET / 2)
    short = list(searcher.asked)
    searcher.run(BUDGET)
    if _alike(short, searcher.asked[: len(short)]):
        return Finding(True, "A larger budget goes on where a smaller one ended.")
    return Finding(
        False,
        "A larger budget should go on where a smaller one ended: do not let what is asked depend "
        "on a clock.",
    )


def replayed(searcher: SearcherUnderTest) -> Finding:
    """It learns from its answers alone."""
    searcher.run()
    asked = list(searcher.asked)
    search = searcher.chosen.begin(searcher.problem.space, np.random.default_rng(SEED))
    with suppress(StopIteration):
        question = next(search)
        for former, answer in asked:
            if question != former:
                return Finding(
                    False,
                    f"Told the same again, it asks {question} and not {former}: it should keep "
                    "nothing between searches.",
                )
            question = search.send(answer)
    return Finding(True, "Told the same again it asks the same: a search can be replayed.")


def cost(searcher: SearcherUnderTest) -> Finding:
    """What it costs."""
    began = time.perf_counter()
    searcher.run()
    spent = time.perf_counter() - began
    each = spent / max(len(searcher.asked), 1)
    return Finding(None, f"A search takes {spent:.3f} s here, {1e6 * each:.0f} µs a question.")


def _alike(first: list[tuple[Question, Answer]], second: list[tuple[Question, Answer]]) -> bool:
    return [question for question, _ in first] == [question for question, _ in second]


SEARCHER_CHECKS: tuple[SearcherCheck, ...] = (
    documented,
    chooses,
    deterministic,
    bounded,
    resumed,
    replayed,
    cost,
)
