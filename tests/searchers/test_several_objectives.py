"""Searchers for several objectives beside slow literal twins, written from the papers."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise, product

import numpy as np
import pytest

from searchers import (
    Candidate,
    Count,
    Objective,
    Observation,
    Question,
    Score,
    Space,
    Train,
    load_all,
)
from searchers.fronts import hypervolume
from searchers.mo_bohb import density, good_ones
from searchers.nsga_ii import best_first
from searchers.scalarised_local_search import best_of, tchebycheff
from searchers.sh_emoa import by_contribution
from tests.literal.policy import check_policy
from tests.material.replay import answered

moocore = pytest.importorskip("moocore")

SIZES = (3, 4, 2, 3)
AIMS = (Objective("error", False), Objective("params", True))
SPACE = Space(SIZES, (1, 3, 9), objectives=AIMS)
DRAW = np.random.default_rng(2)
ERROR = dict(zip(SPACE.candidates(), DRAW.uniform(10, 90, len(SPACE)).tolist(), strict=True))
COST = {c: float(sum(c) + 1) for c in SPACE.candidates()}


def objectives(question: Question) -> tuple[float, ...]:
    return (ERROR[question.candidate], COST[question.candidate])


def value(question: Question) -> float:
    if isinstance(question, Count):
        return COST[question.candidate]
    return (-1 if isinstance(question, Score) else 100) - ERROR[question.candidate]


def run(name: str, steps: int, space: Space = SPACE, **settings: object) -> list[Question]:
    search = load_all()[name].function(space, np.random.default_rng(0), **settings)
    return answered(search, value, steps, objectives=objectives)[0]


def observations(n: int, seed: int = 3, most: int = 12) -> list[Observation]:
    draw = np.random.default_rng(seed)
    points = draw.integers(0, most, size=(n, 2)).astype(float)
    return [Observation((i,), 0.0, 1, tuple(point)) for i, point in enumerate(points.tolist())]


def literal_fronts(points: np.ndarray) -> list[list[int]]:
    left, fronts = list(range(len(points))), []
    while left:
        front = [
            i
            for i in left
            if not any(
                (points[j] <= points[i]).all() and (points[j] < points[i]).any() for j in left
            )
        ]
        fronts.append(front)
        left = [i for i in left if i not in front]
    return fronts


def test_sms_emoa_drops_the_least_contributor_of_the_worst_front() -> None:
    """By moocore's hypervolumes of the population scaled to its ranges, two away at most."""
    for seed in range(8):
        seen = observations(20, seed, 40)
        points = np.array([one.objectives for one in seen])
        unit = (points - points.min(0)) / (points.max(0) - points.min(0))
        worst = literal_fronts(points)[-1]
        whole = moocore.hypervolume(unit[worst], ref=[2.0, 2.0])
        adds = {
            i: whole
            - (
                moocore.hypervolume(unit[[j for j in worst if j != i]], ref=[2.0, 2.0])
                if len(worst) > 1
                else 0
            )
            for i in worst
        }
        dropped = by_contribution(seen)[-1].candidate[0]
        assert dropped in worst
        assert adds[dropped] == pytest.approx(min(adds.values()), abs=1e-12)


def test_sh_emoa_trains_its_population_on_every_rung() -> None:
    """With eta 2 on three rungs, 4/7, 2/7 and 1/7 of what follows the first population."""
    asked = run("sh_emoa", 60, population=6, evaluations=6 + 14)
    epochs = [question.epochs for question in asked]
    assert epochs == [1] * (6 + 8) + [3] * (6 + 4) + [9] * (60 - 24)
    promoted = {question.candidate for question in asked[14:20]}
    assert promoted <= {question.candidate for question in asked[:14]}


def test_nsga_ii_prefers_fronts_then_what_is_apart() -> None:
    seen = observations(40)
    points = np.array([one.objectives for one in seen])
    order = [one.candidate[0] for one in best_first(seen)]
    start = 0
    for front in literal_fronts(points):
        here = order[start : start + len(front)]
        assert set(here) == set(front)
        apart = dict.fromkeys(front, 0.0)
        for axis in (0, 1):
            line = sorted(front, key=lambda i: points[i, axis])
            span = points[line[-1], axis] - points[line[0], axis] or 1.0
            for k, i in enumerate(line):
                ends = k in (0, len(line) - 1)
                gap = 0.0 if ends else points[line[k + 1], axis] - points[line[k - 1], axis]
                apart[i] += math.inf if ends else gap / span
        assert [apart[i] for i in here] == sorted(apart.values(), reverse=True)
        start += len(front)


def test_nsga_ii_has_generations_of_offspring_of_the_best() -> None:
    asked = run("nsga_ii", 60, population=10)
    first = [Observation(q.candidate, 0.0, 0, objectives(q)) for q in asked[:10]]
    best = [one.candidate for one in best_first(first)]
    for question in asked[10:20]:
        apart = [
            min(sum(a != x and b != x for a, b, x in zip(p, q, question.candidate, strict=True))
                for p, q in product(best, best))
        ]  # fmt: skip
        assert min(apart) <= 1  # one choice at most is of neither parent


@pytest.mark.parametrize("n", [1, 4, 9, 17])
def test_motpe_splits_by_front_and_greedy_hypervolume(n: int) -> None:
    points = np.array([one.objectives for one in observations(30, 7, 30)])
    good = np.flatnonzero(good_ones(points, n)).tolist()
    assert len(good) == n
    wanted: list[int] = []
    reference = 1.1 * points.max(0)
    for front in literal_fronts(points):
        if len(wanted) + len(front) <= n:
            wanted += front
            continue
        chosen: list[int] = []
        while len(wanted) + len(chosen) < n:
            left = [i for i in front if i not in chosen]
            chosen.append(
                max(left, key=lambda i: moocore.hypervolume(points[[*chosen, i]], ref=reference))
            )
        volumes = [moocore.hypervolume(points[some], ref=reference) for some in (
            chosen or front, [i for i in good if i in front] or front
        )]  # fmt: skip
        assert volumes[0] == pytest.approx(volumes[1])
        break
    assert set(wanted) <= set(good)


def test_motpe_weighs_choices_by_aitchison_and_aitkens_kernel() -> None:
    places = np.array([0, 0, 2, 1, 0])
    for choice in range(4):
        p = sum(0.9 if place == choice else 0.1 / 3 for place in places) + 1 / 4
        assert density(places, 4)[choice] == pytest.approx(p / 6)
    assert density(np.array([], dtype=np.int64), 4).tolist() == [0.25] * 4


def test_mo_bohb_promotes_the_first_of_the_front() -> None:
    asked = run("mo_bohb", 9 + 3 + 1)
    rungs = [asked[:9], asked[9:12], asked[12:]]
    assert [{question.epochs for question in rung} for rung in rungs] == [{1}, {3}, {9}]
    for below, above in pairwise(rungs):
        seen = [Observation(q.candidate, 0.0, 0, objectives(q)) for q in below]
        best = [one.candidate for one in best_first(seen)]
        assert [question.candidate for question in above] == best[: len(above)]


def test_a_weighing_is_knowles() -> None:
    draw = np.random.default_rng(4)
    points, weights = draw.uniform(size=(6, 3)), draw.dirichlet(np.ones(3))
    for point, worth in zip(points, tchebycheff(points, weights), strict=True):
        terms = [w * f for w, f in zip(weights, point, strict=True)]
        assert worth == pytest.approx(max(terms) + 0.05 * sum(terms))
    seen = {(0,): (0.0, 10.0), (1,): (10.0, 0.0), (2,): (2.0, 2.0)}
    assert best_of(seen, np.array([1.0, 0.0])) == (0,)
    assert best_of(seen, np.array([0.5, 0.5])) == (2,)
    assert best_of(seen, np.array([0.0, 1.0]), ((0,), (2,))) == (2,)


def test_local_search_trains_nothing_twice_and_ends_with_all_of_a_small_space() -> None:
    asked = run("scalarised_local_search", 10**6)
    assert Counter(question.candidate for question in asked) == Counter(SPACE.candidates())


def scaled_last(asked: list[Question]) -> tuple[float, float]:
    told = [objectives(question) for question in asked]
    last = []
    for axis in (0, 1):
        column = [one[axis] for one in told]
        span = max(column) - min(column)
        last.append((column[-1] - min(column)) / span if span else 0.0)
    return last[0], last[1]


def test_monas_ascends_a_weighed_reward() -> None:
    def reward(asked: list[Question]) -> float:
        error, cost = scaled_last(asked)
        return -0.3 * error - 0.7 * cost

    check_policy(run("monas", 60, weight=0.3), SIZES, reward)


def test_monas_rewards_nothing_beyond_its_limit() -> None:
    def reward(asked: list[Question]) -> float:
        return 1 - scaled_last(asked)[0] if COST[asked[-1].candidate] <= 4 else 0.0

    check_policy(run("monas", 60, limit=4.0), SIZES, reward)


def test_the_non_stationary_reward_moves_and_the_temperature_restarts() -> None:
    def reward(asked: list[Question]) -> float:
        error, cost = scaled_last(asked)
        weight = (len(asked) - 1) % 20 / 19
        return -weight * error - (1 - weight) * cost

    def temperature(step: int) -> float:
        return 1 + (5 - 1) * (1 + math.cos(math.pi * (step % 20) / 19)) / 2

    asked = run("non_stationary_policy_gradient", 70, period=20)
    check_policy(asked, SIZES, reward, temperature)


def test_an_expected_improvement_is_the_mean_over_draws() -> None:
    from searchers.ms_ehvi import improvement

    draw = np.random.default_rng(8)
    seen = draw.uniform(0, 10, size=(12, 2))
    mean, error, cost = draw.uniform(0, 8, 5), draw.uniform(0.5, 3, 5), draw.uniform(0, 10, 5)
    front = np.array(
        [point for point in seen if point.tolist() in moocore.filter_dominated(seen).tolist()]
    )
    reference = front.max(0) + 0.1 * np.ptp(front, axis=0)
    before = hypervolume(front, reference)
    normal = draw.normal(size=20000)
    for found, m, s, c in zip(improvement(mean, error, cost, seen), mean, error, cost, strict=True):
        gains = [hypervolume([*front, (m + s * z, c)], reference) - before for z in normal[:4000]]
        assert found == pytest.approx(np.mean(gains), abs=5 * np.std(gains) / 4000**0.5 + 1e-12)


def test_ms_ehvi_foretells_by_a_gaussian_process_without_the_noise() -> None:
    pytest.importorskip("sklearn")
    from searchers.ms_ehvi import Process

    draw = np.random.default_rng(9)
    codes, new = draw.integers(0, 2, size=(30, 5)).astype(float), np.eye(5)
    values = codes @ np.arange(5) + draw.normal(0, 0.3, 30)
    process = Process()
    process.fit(codes, values)
    mean, error = process.predict(new)
    amplitude, length = process.kernel.k1.k1.constant_value, process.kernel.k1.k2.length_scale
    noise = process.kernel.k2.noise_level

    def k(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return amplitude * np.exp(-((a[:, None] - b) ** 2).sum(2) / (2 * length**2))

    inverse = np.linalg.inv(k(codes, codes) + (noise + 1e-10) * np.eye(30))
    y = (values - values.mean()) / values.std()
    np.testing.assert_allclose(
        mean, values.mean() + values.std() * k(new, codes) @ inverse @ y, rtol=1e-5
    )
    variance = amplitude - np.einsum("ij,jk,ik->i", k(new, codes), inverse, k(new, codes))
    np.testing.assert_allclose(error, values.std() * np.sqrt(variance), rtol=1e-4)


@pytest.mark.parametrize("name", ["ms_ehvi", "mo_bananas"])
def test_a_model_trains_nothing_twice_and_finds_more_than_chance(name: str) -> None:
    pytest.importorskip("sklearn")
    wide = Space((3,) * 5, objectives=AIMS)
    error = {c: float(sum((2 - x) ** 2 for x in c)) for c in wide.candidates()}
    cost = {c: float(sum(c)) for c in wide.candidates()}

    def told(question: Question) -> tuple[float, ...]:
        return (error[question.candidate], cost[question.candidate])

    def trained(name: str, **settings: object) -> list[Candidate]:
        search = load_all()[name].function(wide, np.random.default_rng(0), **settings)
        steps = 60 + (len(wide) if name == "ms_ehvi" else 0)  # it counts each once
        asked, _ = answered(search, lambda q: told(q)[1], steps, objectives=told)
        return [q.candidate for q in asked if isinstance(q, Train)][:60]

    found = trained(name, start=20)
    assert len(set(found[20:])) == 40
    volumes = [
        hypervolume([(error[c], cost[c]) for c in some], (20, 11))
        for some in (found, trained("random"))
    ]
    assert volumes[0] > volumes[1]


def test_ms_ehvi_says_what_it_needs() -> None:
    aims = (*AIMS, Objective("flops", True))
    search = load_all()["ms_ehvi"].function(Space(SIZES, objectives=aims), np.random.default_rng(0))
    with pytest.raises(ValueError, match="it needs the error and one cost that is known"):
        next(search)


def test_zero_cost_trains_by_fronts_of_the_score_and_what_is_known() -> None:
    asked = run("zero_cost", 10**6, proxy="any", n=0)
    trained = [question.candidate for question in asked if isinstance(question, Train)]
    assert sorted(trained) == SPACE.candidates()
    points = np.array([(ERROR[c], COST[c]) for c in SPACE.candidates()])
    start = 0
    for front in literal_fronts(points):
        here = trained[start : start + len(front)]
        assert set(here) == {SPACE.candidates()[i] for i in front}
        start += len(front)
    assert {type(question) for question in asked[: 2 * len(SPACE)]} == {Score, Count}
