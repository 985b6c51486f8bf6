"""Searchers that follow a model of what they were told."""

from __future__ import annotations

import numpy as np
import pytest

from searchers import Candidate, Question, Score, Space, Train, load_all
from tests.material.replay import answered
from tests.material.small_space import SPACE, VALUES, accuracy


def test_hnas_trains_the_best_under_its_constraint_and_nothing_twice() -> None:
    pytest.importorskip("sklearn")
    told = {
        "hnas_trace": {c: 1 + v / 50 for c, v in VALUES.items()},
        "hnas_condition": {c: -(101 - v) for c, v in VALUES.items()},
    }

    def value(question: Question) -> float:
        return told[question.proxy][question.candidate] if isinstance(question, Score) else 50.0

    asked, _ = answered(
        load_all()["hnas"].function(SPACE, np.random.default_rng(0), pool=60), value, 10**6
    )
    scored = {question.candidate for question in asked if isinstance(question, Score)}
    trained = [question.candidate for question in asked if isinstance(question, Train)]
    assert sorted(trained) == sorted(scored)
    rng = np.random.default_rng(0)
    for _ in range(60):
        SPACE.random(rng)
    tau, power = rng.random((1000, 2))[0]
    norms = [told["hnas_trace"][c] for c in scored]
    target = min(norms) + tau * (max(norms) - min(norms))

    def cost(candidate: Candidate) -> float:
        norm = told["hnas_trace"][candidate]
        penalty = 10 ** (6 * power - 3) * abs(norm**2 - target**2)
        return penalty + -told["hnas_condition"][candidate] / (norm + 1e-6)

    assert trained[0] == min(scored, key=cost)


def test_robot_ends_with_the_ranking_of_its_best_weights() -> None:
    pytest.importorskip("sklearn")
    noise = np.random.default_rng(3).normal(size=len(VALUES)).tolist()
    told = {"good": VALUES, "noise": dict(zip(VALUES, noise, strict=True))}

    def value(question: Question) -> float:
        if isinstance(question, Score):
            return float(told[question.proxy][question.candidate])
        return accuracy(question)

    search = load_all()["robot"].function(
        SPACE, np.random.default_rng(0), proxies="good+noise", pool=0
    )
    asked, values = answered(search, value, 10**6)
    trained = [question.candidate for question in asked if isinstance(question, Train)]
    assert sorted(trained) == SPACE.candidates()
    assert max(values[-len(trained) :][:8]) == max(VALUES.values())


def test_a_step_of_bayesian_optimisation_goes_where_it_is_better() -> None:
    pytest.importorskip("sklearn")
    from searchers.bayesian import proposed

    rng = np.random.default_rng(0)
    points: list[np.ndarray] = []
    values: list[float] = []
    for _ in range(25):
        point = proposed(points, values, 5, 2, rng)
        points.append(point)
        values.append(-float(((point - [0.3, 0.8]) ** 2).sum()))
    assert max(values[:5]) < max(values) > -0.003


def test_an_unknown_sampler_is_told() -> None:
    pytest.importorskip("optuna")
    search = load_all()["optuna"].function(SPACE, np.random.default_rng(0), sampler="tpf")
    with pytest.raises(ValueError, match="a sampler should be one of tpe, gp"):
        next(search)


@pytest.mark.parametrize("sampler", ["tpe", "gp", "cmaes", "nsgaii", "nsgaiii", "random"])
def test_every_sampler_of_optuna_asks_for_candidates(sampler: str) -> None:
    pytest.importorskip("optuna")
    if sampler == "cmaes":
        pytest.importorskip("cmaes")
    wide = Space((5,) * 6)
    ordered = sampler == "cmaes"
    found = []
    for _ in range(2):
        search = load_all()["optuna"].function(
            wide, np.random.default_rng(1), sampler=sampler, ordered=ordered
        )
        asked, _ = answered(search, lambda question: float(sum(question.candidate)), 14)
        found.append(asked)
        assert all(question.candidate in wide for question in asked)
    assert found[0] == found[1]
