"""What favourites are worth, and what the true accuracy itself would reach."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

from harness.judging.ceiling import from_classes, from_seeds
from harness.judging.ranks import weighted_tau
from harness.judging.selection import measured, precision, regret, samples, top_weighted

ACCURACY = np.arange(100.0)
ONCE = np.ones((1, 100), dtype=np.int32)


def test_a_perfect_score_is_precise_and_regrets_nothing() -> None:
    assert precision(ACCURACY, ACCURACY, ONCE) == 1
    assert regret(ACCURACY, ACCURACY, ONCE) == 0
    assert precision(-ACCURACY, ACCURACY, ONCE) == 0
    assert regret(-ACCURACY, ACCURACY, ONCE) == 90


def test_ties_count_against_the_proxy() -> None:
    assert precision(np.zeros(100), ACCURACY, ONCE) == 0
    assert regret(np.zeros(100), ACCURACY, ONCE) == 90


def test_a_sample_counts_cells_as_often_as_its_classes_are_drawn() -> None:
    counts = ONCE.copy()
    counts[0, 90:] = 0
    assert regret(ACCURACY, ACCURACY, counts) == 0  # the best of those that are there
    counts[0, 89] = 10
    assert precision(-ACCURACY, ACCURACY, counts) == 0
    assert precision(ACCURACY, ACCURACY, counts) == 1


def test_bootstrap_samples_keep_classes_together() -> None:
    numbers = np.repeat(np.arange(25), 4)
    drawn = samples(numbers)
    assert (drawn.sum(axis=1) == 100).all()
    assert (drawn.reshape(len(drawn), 25, 4) == drawn[:, ::4, None]).all()


def test_an_interval_holds_the_value() -> None:
    draw = np.random.default_rng(0)
    accuracy = draw.normal(size=400)
    score = accuracy + draw.normal(size=400)
    value, low, high = measured(precision, score, accuracy, samples(np.arange(400)))
    assert low < value < high


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
    found = from_seeds(trials, "digits", statistic, 3)
    assert found is not None
    assert found.value == pytest.approx(reached, abs=0.01)
    alone = from_seeds(trials, "digits", statistic, 1)
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
    assert from_seeds(pd.DataFrame(np.ones((30, 1))), "digits", "kendall", 1) is None
    alone = pd.Series(np.arange(30.0))
    assert from_classes(alone, alone.map(str), "digits", "kendall") is None


def test_nas_bench_201_s_ceiling(data: object) -> None:
    """Two members of a class agree at .944 on CIFAR-10; two routes give one ceiling."""
    from pathlib import Path

    from benchmarks.catalogue import BENCHMARKS
    from benchmarks.table import AccuracyName, AccuracyTable

    name = AccuracyName("cifar10", "ori-test", 200, None)
    assert isinstance(data, Path)
    means = AccuracyTable.read(data / "nb201_table.parquet")
    classes = means.candidates.map(BENCHMARKS["nats-tss"].representative)
    isomorphic = from_classes(means.accuracy(name), classes, "cifar10", "kendall")
    trials = AccuracyTable.read(data / "nb201_v1_1_trials.parquet").trials(name)
    seeds = from_seeds(trials, "cifar10", "kendall", 3)
    assert isomorphic is not None
    assert seeds is not None
    assert isomorphic.n == 1188
    assert isomorphic.agreement == pytest.approx(0.944, abs=0.003)
    assert isomorphic.value == pytest.approx(seeds.value, abs=0.005)


@pytest.mark.parametrize("n", [60, 3000])
def test_weighted_tau_of_samples(n: int) -> None:
    """Once each it is the statistic itself; counted twice it is that of repeated cells."""
    draw = np.random.default_rng(3)
    accuracy = draw.normal(size=n)
    score = np.round(accuracy + draw.normal(size=n), 1)
    counts = np.stack([np.ones(n), draw.integers(0, 3, n)]).astype(np.int32)
    found = top_weighted(score, accuracy, counts)
    expected = [weighted_tau(np.repeat(score, row), np.repeat(accuracy, row)) for row in counts]
    np.testing.assert_allclose(found, expected, atol=1e-5 if n < 600 else 0.02)


def test_accuracies_that_are_noise_have_no_ceiling() -> None:
    draw = np.random.default_rng(5)
    trials = pd.DataFrame(draw.normal(size=(60, 2)))
    trials[1] = -trials[0]
    assert from_seeds(trials, "digits", "kendall", 2) is None
