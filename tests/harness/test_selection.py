"""What favourites are worth, and what the true accuracy itself would reach."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

from harness.judging.ceiling import from_classes, from_seeds, without_noise
from harness.judging.correlating import STATISTICS
from harness.judging.ranks import weighted_tau
from harness.judging.selection import (
    halves,
    measured,
    precision,
    regret,
    spread,
    top_weighted,
)
from harness.judging.top import ceiling_of_top
from reports.rows import Ceiling, Correlation

ACCURACY = np.arange(100.0)
ONCE = np.ones((1, 100), dtype=bool)


def test_a_perfect_score_is_precise_and_regrets_nothing() -> None:
    assert precision(ACCURACY, ACCURACY, ONCE) == 1
    assert regret(10)(ACCURACY, ACCURACY, ONCE) == 0
    assert precision(-ACCURACY, ACCURACY, ONCE) == 0
    assert regret(10)(-ACCURACY, ACCURACY, ONCE) == 90


def test_random_search_is_worth_what_it_is_expected_to_be() -> None:
    """The largest of k of 0 to n - 1, drawn without replacement, is k (n + 1) / (k + 1) - 1."""
    blind = np.zeros(100)
    assert precision(blind, ACCURACY, ONCE)[0] == pytest.approx(0.1)
    for k in (1, 5, 10, 50):
        expected = 99 - (k * 101 / (k + 1) - 1)
        assert regret(k)(blind, ACCURACY, ONCE)[0] == pytest.approx(expected)


@pytest.mark.parametrize("favourites", [1, 2, 3, 4, 5, 6])
def test_ties_are_the_mean_over_all_draws_among_them(favourites: int) -> None:
    score = np.array([3.0, 2, 2, 2, 2, 1])
    accuracy = np.array([5.0, 9, 7, 4, 1, 8])
    fixed = [i for i in range(6) if score[i] > np.sort(score)[-favourites]]
    tied = [i for i in range(6) if score[i] == np.sort(score)[-favourites]]
    every = list(combinations(tied, favourites - len(fixed)))
    best = np.mean([max(accuracy[[*fixed, *drawn]]) for drawn in every])
    (lost,) = regret(favourites)(score, accuracy, np.ones((1, 6), dtype=bool))
    assert accuracy.max() - lost == pytest.approx(best)


def test_precision_s_ties_are_the_mean_over_all_draws_among_them() -> None:
    score = np.repeat([2.0, 1.0, 0.0], [1, 4, 15])
    accuracy = np.append([0.0, 20, 3, 4, 5], np.arange(6.0, 21.0))  # two best: 20 and 20
    there = np.ones((1, 20), dtype=bool)
    assert precision(score, accuracy, there)[0] == pytest.approx((0 + 1 / 4) / 2)


def test_a_half_holds_each_cell_once_and_keeps_units_together() -> None:
    drawn = halves(np.repeat(np.arange(25), 4))
    assert (drawn.sum(axis=1) == 13 * 4).all()
    assert (drawn.reshape(len(drawn), 25, 4) == drawn[:, ::4, None]).all()
    missing = ONCE.copy()
    missing[0, 90:] = False
    assert regret(10)(ACCURACY, ACCURACY, missing) == 0  # the best of those that are there


def test_an_interval_holds_the_value_and_is_as_wide_as_samples_differ() -> None:
    draw = np.random.default_rng(0)
    values, errors = [], []
    for _ in range(60):
        accuracy = draw.normal(size=400)
        score = accuracy + draw.normal(size=400)
        drawn = halves(np.arange(400))
        value, low, high = measured(precision, score, accuracy, drawn)
        assert low < value < high
        values.append(value)
        errors.append(spread(precision, score, accuracy, drawn))
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.25)


@pytest.mark.parametrize(
    ("statistic", "function"), [("kendall", kendalltau), ("spearman", spearmanr)]
)
def test_the_ceiling_is_what_the_truth_reaches_on_simulated_seeds(
    statistic: str, function: object
) -> None:
    draw = np.random.default_rng(1)
    truth = draw.normal(size=4000)
    trials = pd.DataFrame(truth[:, None] + 0.5 * draw.normal(size=(4000, 3)))
    reached = function(truth, trials.mean(axis=1)).statistic  # type: ignore[operator]
    found = from_seeds(trials, "digits", statistic, 3, "training seeds")
    assert found is not None
    assert found.value == pytest.approx(reached, abs=0.01)
    alone = from_seeds(trials, "digits", statistic, 1, "training seeds")
    assert alone is not None
    assert alone.value == pytest.approx(function(truth, trials[0]).statistic, abs=0.01)  # type: ignore[operator]
    assert alone.agreement == found.agreement < alone.value < found.value


def test_the_ceiling_from_isomorphic_cells() -> None:
    draw = np.random.default_rng(2)
    truth = np.repeat(draw.normal(size=2000), 2)
    accuracy = pd.Series(truth + 0.4 * draw.normal(size=4000))
    classes = pd.Series(np.repeat(np.arange(2000), 2)).map(str)
    shuffled = draw.permutation(4000)
    found = from_classes(accuracy[shuffled], classes[shuffled], "cifar10", "kendall")
    assert found is not None
    assert found.n == 2000
    assert found.value == pytest.approx(kendalltau(truth, accuracy).statistic, abs=0.015)


def test_too_few_trainings_have_no_ceiling() -> None:
    assert (
        from_seeds(pd.DataFrame(np.ones((30, 1))), "digits", "kendall", 1, "training seeds") is None
    )
    alone = pd.Series(np.arange(30.0))
    assert from_classes(alone, alone.map(str), "digits", "kendall") is None


def test_nas_bench_201_s_ceiling(data: object) -> None:
    """Two members of a class agree at .944 on CIFAR-10; two routes give one ceiling."""
    from pathlib import Path

    from benchmarks.accuracy_names import AccuracyName
    from benchmarks.catalogue import BENCHMARKS
    from benchmarks.table import AccuracyTable

    name = AccuracyName("cifar10", "ori-test", 200, None)
    assert isinstance(data, Path)
    means = AccuracyTable.read(data / "nb201_table.parquet")
    classes = means.candidates.map(BENCHMARKS["nats-tss"].representative)
    isomorphic = from_classes(means.accuracy(name), classes, "cifar10", "kendall")
    trials = AccuracyTable.read(data / "nb201_v1_1_trials.parquet").trials(name).accuracy
    seeds = from_seeds(trials, "cifar10", "kendall", 3, "training seeds")
    assert isomorphic is not None
    assert seeds is not None
    assert isomorphic.n == 1188
    assert isomorphic.agreement == pytest.approx(0.944, abs=0.003)
    assert isomorphic.value == pytest.approx(seeds.value, abs=0.005)


@pytest.mark.parametrize("n", [60, 3000])
def test_weighted_tau_of_samples(n: int) -> None:
    """Of all cells it is the statistic itself, of some that of those."""
    draw = np.random.default_rng(3)
    accuracy = draw.normal(size=n)
    score = np.round(accuracy + draw.normal(size=n), 1)
    chosen = np.stack([np.ones(n), draw.integers(0, 2, n)]).astype(bool)
    found = top_weighted(score, accuracy, chosen)
    expected = [weighted_tau(score[row], accuracy[row]) for row in chosen]
    np.testing.assert_allclose(found, expected, atol=1e-5 if n < 600 else 0.02)


def test_accuracies_that_are_noise_have_no_ceiling() -> None:
    draw = np.random.default_rng(5)
    trials = pd.DataFrame(draw.normal(size=(600, 2)))
    trials[1] = -trials[0]
    assert from_seeds(trials, "digits", "kendall", 2, "training seeds") is None


def test_attenuation_goes_through_the_sine() -> None:
    """By hand: .681 under a ceiling of .928 is .688, not .681 / .928 = .734."""
    row = correlation("kendall", 0.681, 0.653, 0.706)
    most = Ceiling("digits", "kendall", 0.928, 0.799, 600, "training seeds")
    found = without_noise(row, most)
    assert found.value == pytest.approx(0.688, abs=1e-3)
    assert found.low < 0.681 < found.value < found.high
    assert found.statistic == "kendall_without_noise"
    uncertain = without_noise(row, most._replace(error=0.05))
    assert uncertain.high - uncertain.low > found.high - found.low
    assert without_noise(row, most._replace(value=0.5)).value == 1


@pytest.mark.parametrize("statistic", ["kendall", "spearman"])
def test_without_noise_is_the_correlation_with_the_truth(statistic: str) -> None:
    draw = np.random.default_rng(4)
    truth = draw.normal(size=6000)
    score = truth + draw.normal(size=6000)
    trials = pd.DataFrame(truth[:, None] + 0.7 * draw.normal(size=(6000, 2)))
    function = STATISTICS[statistic]
    measured = function(score, trials.mean(axis=1).to_numpy()).value
    most = from_seeds(trials, "digits", statistic, 2, "training seeds")
    assert most is not None
    assert 0 < most.error < 0.01
    row = correlation(statistic, measured, measured - 0.01, measured + 0.01)
    expected = function(score, truth).value
    assert without_noise(row, most).value == pytest.approx(expected, abs=0.01)


def correlation(statistic: str, value: float, low: float, high: float) -> Correlation:
    named = ("digits", "digits", "x-test", 3, "mean", "all")
    return Correlation("p", *named, statistic, value, low, high, 600, 0, 0, "zero-cost")


def test_fewer_than_200_pairs_show_no_ceiling() -> None:
    trials = pd.DataFrame(np.arange(398.0).reshape(199, 2))
    assert from_seeds(trials, "digits", "kendall", 2, "training seeds") is None


@pytest.mark.parametrize("by_seeds", [True, False])
def test_the_ceiling_of_the_best_is_what_the_truth_reaches_among_them(by_seeds: bool) -> None:
    """Accuracies crowd at the top, where noise is larger: no formula, but simulation, tells."""
    draw = np.random.default_rng(6)
    truth = 90 - draw.exponential(8, size=3000)
    trials = pd.DataFrame(truth[:, None] + 0.2 * draw.normal(size=(3000, 2)))
    classes = pd.Series([str(i) for i in range(3000)])
    if by_seeds:
        accuracy = trials.mean(axis=1)
        found = ceiling_of_top(accuracy, trials, classes, accuracy.index, "digits")
    else:
        accuracy = pd.concat([trials[0], trials[1]], ignore_index=True)
        both = pd.concat([classes, classes], ignore_index=True)
        found = ceiling_of_top(accuracy, trials.iloc[:0], both, classes.index, "digits")
        accuracy = trials[0]
    best = accuracy >= accuracy.quantile(0.9)
    assert found is not None
    expected = kendalltau(truth[best], accuracy[best]).statistic
    assert found.value == pytest.approx(expected, abs=0.06)
