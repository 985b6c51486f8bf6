"""Questions are answered from the table, charged, and the search is stopped at its budget."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from numpy.random import Generator

from harness.searching import driver, watching
from harness.searching.driver import OngoingSearch, Terms, runs
from harness.searching.search_run import SearchRun
from searchers import Count, Note, Relax, Score, Search, Space, Train
from tests.material.searches import SIZES, chosen_from, problem


def play(function: object, budget: float = 10.0, rerank: int = 0, **settings: object) -> SearchRun:
    return OngoingSearch(problem(), Terms(budget, rerank), 0)(chosen_from(function, **settings))


def test_a_training_is_told_and_charged_again_when_repeated() -> None:
    told = []

    def twice(space: Space, rng: Generator) -> Search:
        for _ in range(2):
            told.append((yield Train((1, 2))))
        return None

    run = play(twice)
    posed = problem()
    row = posed.rows[1, 2]
    assert [one.value for one in told] == [posed.signal[1][row][0]] * 2
    assert [one.epochs for one in told] == [1, 1]
    assert [trial.spent for trial in run.trials] == [posed.cost[1][row], 2 * posed.cost[1][row]]
    assert run.choice == posed.index[row]
    assert (run.trainings, run.distinct, run.status) == (2, 1, "ok")


def test_the_last_question_may_pass_the_budget_and_counts() -> None:
    def forever(space: Space, rng: Generator) -> Search:
        while True:
            yield Train((0, 0))

    cost = problem().cost[1][0]
    run = play(forever, budget=2.5 * cost)
    assert run.trainings == 3
    assert math.isclose(run.spent, 3 * cost)


def test_the_choice_is_the_first_of_the_best_among_the_longest_trained() -> None:
    posed = problem()
    by_long = sorted(posed.rows, key=lambda c: -posed.signal[4][posed.rows[c]][0])

    def mixed(space: Space, rng: Generator) -> Search:
        for candidate in space.candidates():
            yield Train(candidate, 1)
        for candidate in (by_long[3], by_long[5]):
            yield Train(candidate, 4)
        return None

    run = play(mixed, budget=1e9)
    row = posed.rows[by_long[3]]
    assert run.choice == posed.index[row]
    assert run.signal == posed.signal[4][row][0]


def test_what_a_search_returns_is_its_choice() -> None:
    def scores_alone(space: Space, rng: Generator) -> Search:
        values = {}
        for candidate in space.candidates():
            values[candidate] = (yield Score(candidate, "score")).value
        return max(values, key=lambda candidate: values[candidate])

    run = play(scores_alone, budget=1e9)
    posed = problem()
    assert run.choice == posed.index[int(np.argmax(posed.scores["score"]))]
    assert math.isnan(run.signal)
    assert math.isclose(run.spent, 0.25 * len(posed.index))
    assert run.scored == len(posed.index)


def test_counts_are_free() -> None:
    def counted(space: Space, rng: Generator) -> Search:
        one = yield Count((2, 1), "params")
        assert one.value == problem().counts["params"][problem().rows[2, 1]]
        return (2, 1)

    run = play(counted)
    assert (run.status, run.spent) == ("ok", 0.0)


def test_a_note_is_kept() -> None:
    def noting(space: Space, rng: Generator) -> Search:
        yield Note("active", 0.25)
        return (2, 1)

    assert play(noting).notes == '{"active": 0.25}'


def test_the_best_are_trained_longest_within_the_budget() -> None:
    def forever(space: Space, rng: Generator) -> Search:
        while True:
            yield Train(space.random(rng))

    posed = problem()
    run = play(forever, budget=60.0, rerank=2)
    short = [trial for trial in run.trials if trial.epochs == 1]
    long = [trial for trial in run.trials if trial.epochs == 4]
    best = {trial.candidate: trial.signal for trial in short}
    favourites = sorted(best, key=lambda candidate: -best[candidate])[:2]
    assert [trial.candidate for trial in long] == favourites
    assert run.choice == max(long, key=lambda trial: trial.signal).candidate
    dearest = max(posed.cost[1]) + max(posed.cost[4]) * 2
    assert 60 - dearest <= run.spent <= 60 + max(posed.cost[1]) + max(posed.cost[4])


def test_a_stored_training_answers_at_random_and_the_same_for_one_seed() -> None:
    def often(space: Space, rng: Generator) -> Search:
        for _ in range(40):
            yield Train((0, 0), 2)
        return None

    first, again = play(often, budget=1e9), play(often, budget=1e9)
    assert first == again
    stored = problem().signal[2][problem().rows[0, 0]]
    assert {trial.signal for trial in first.trials} == set(stored)


def test_what_draws_nothing_is_run_once_for_all_seeds() -> None:
    begun = []

    def fixed(space: Space, rng: Generator) -> Search:
        begun.append(1)
        yield Train((1, 1))
        return None

    found = list(runs(problem(), chosen_from(fixed), [0, 5, 9], Terms(10.0)))
    assert [run.seed for run in found] == [0, 5, 9]
    assert len({run._replace(seed=0) for run in found}) == len(begun) == 1


def ends(space: Space, rng: Generator) -> Search:
    return None
    yield


def raises(space: Space, rng: Generator) -> Search:
    yield Train((0, 0))
    raise RuntimeError("no idea")


def strange(space: Space, rng: Generator) -> Search:
    yield Train((9, 9))
    return None


def numbers(space: Space, rng: Generator) -> Search:
    yield 3  # type: ignore[misc]
    return None


def unscored(space: Space, rng: Generator) -> Search:
    yield Score((0, 0), "scroe")
    return None


def uncounted(space: Space, rng: Generator) -> Search:
    yield Count((0, 0), "latency")
    return None


def relaxes(space: Space, rng: Generator) -> Search:
    yield Relax(((1.0, 0.0),), 0, 0)
    return None


def too_long(space: Space, rng: Generator) -> Search:
    yield Train((0, 0), 200)
    return None


def chooses_nonsense(space: Space, rng: Generator) -> Search:
    yield Train((0, 0))
    return (7, 7)


def only_scores(space: Space, rng: Generator) -> Search:
    while True:
        yield Score((0, 0), "score")


def asks_for_ever(space: Space, rng: Generator) -> Search:
    while True:
        yield Count((0, 0), "params")


def sleeps(space: Space, rng: Generator) -> Search:
    yield Train((0, 0))
    while True:
        time.sleep(0.01)


FAULTS = {
    ends: "it ended without training or choosing anything",
    raises: "it raises RuntimeError: no idea",
    strange: "it asks for `(9, 9)`, which is no candidate of the space",
    numbers: "it asks `3`, which is no question",
    unscored: "it asks for the score `scroe`; there are score",
    uncounted: "it asks to count `latency`; there are params",
    relaxes: "it asks for the one-shot network, and there are no images for it",
    too_long: "it asks to train for 200 epochs; the table has 1, 2, 4",
    chooses_nonsense: "it chose `(7, 7)`, which is no candidate of the space",
    only_scores: "the budget was spent before it had trained or chosen anything",
    asks_for_ever: "it asks 1,000 questions in a row that cost nothing",
    sleeps: "it asks nothing for 0.05 seconds",
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "UNCHARGED", 1000)
    monkeypatch.setattr(watching, "PATIENCE", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("function", FAULTS, ids=lambda function: function.__name__)
def test_a_fault_is_recorded_with_its_reason(function: object) -> None:
    run = play(function)
    assert (run.status, run.choice, run.reason) == ("failed", -1, FAULTS[function])


def test_the_space_of_the_problem_is_what_the_axes_say() -> None:
    assert problem().space.sizes == SIZES
    assert problem().space.epochs == (1, 2, 4)
