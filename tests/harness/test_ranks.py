"""Rank correlations, their influences, and the intervals that follow from them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr, weightedtau

from harness.judging.ranks import Statistic, concordance, kendall, spearman, weighted_tau
from harness.judging.uncertainty import Sample, holm
from tests.material.samples import by_classes

DRAW = np.random.default_rng(0)


def pair(n: int, digits: int = 12) -> tuple[np.ndarray, np.ndarray]:
    x = DRAW.normal(size=n)
    return np.round(x, digits), np.round(x + DRAW.normal(size=n), digits)


@pytest.mark.parametrize("digits", [0, 1, 12])
@pytest.mark.parametrize("n", [2, 3, 17, 400])
def test_values_are_scipy_s(n: int, digits: int) -> None:
    x, y = pair(n, digits)
    if min(len(set(x)), len(set(y))) < 2:
        return
    assert kendall(x, y).value == pytest.approx(kendalltau(x, y).statistic)
    assert spearman(x, y).value == pytest.approx(spearmanr(x, y).statistic)


def test_weighted_tau_is_scipy_s_by_rank_of_accuracy() -> None:
    x, y = pair(300)
    ranks = np.argsort(np.argsort(-y))
    assert weighted_tau(x, y) == pytest.approx(weightedtau(x, y, rank=ranks).statistic)


def test_weighted_tau_cares_for_the_top() -> None:
    y = np.arange(20.0)
    top, bottom = y.copy(), y.copy()
    top[[18, 19]], bottom[[0, 1]] = top[[19, 18]], bottom[[1, 0]]
    assert weighted_tau(top, y) < weighted_tau(bottom, y) < 1


@pytest.mark.parametrize("digits", [0, 12])
def test_concordance_counts_as_a_double_loop_does(digits: int) -> None:
    x, y = pair(130, digits)
    weights = DRAW.uniform(size=len(x))
    signs = np.sign(x[:, None] - x) * np.sign(y[:, None] - y)
    np.testing.assert_allclose(concordance(x, y, weights), signs @ weights, atol=1e-9)


STATISTICS = [kendall, spearman]


@pytest.mark.parametrize("statistic", STATISTICS)
def test_an_influence_is_the_derivative_by_the_weight(
    statistic: Callable[[np.ndarray, np.ndarray], Statistic],
) -> None:
    """Doubling one observation of many moves the value by its influence, to first order."""
    x, y = pair(600)
    found = statistic(x, y)
    assert found.influence.sum() == pytest.approx(0, abs=1e-9)
    moved = [
        statistic(np.append(x, x[i]), np.append(y, y[i])).value - found.value for i in range(40)
    ]
    assert np.corrcoef(moved, found.influence[:40])[0, 1] > 0.999
    np.testing.assert_allclose(moved, found.influence[:40], atol=0.1 * found.influence.std())


def clustered(classes: int, members: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    numbers = np.repeat(np.arange(classes), members)
    x = np.repeat(DRAW.normal(size=classes), members)
    return x, x + np.repeat(DRAW.normal(size=classes), members), numbers


@pytest.mark.parametrize("statistic", STATISTICS)
def test_errors_are_those_of_resampling_classes(
    statistic: Callable[[np.ndarray, np.ndarray], Statistic],
) -> None:
    x, y, numbers = clustered(120, 4)
    y = y + 0.1 * DRAW.normal(size=len(y))
    sample = by_classes([statistic(x, y)], numbers)
    drawn = []
    for _ in range(300):
        rows = (DRAW.integers(120, size=120)[:, None] * 4 + np.arange(4)).ravel()
        drawn.append(statistic(x[rows], y[rows]).value)
    assert float(sample.errors[0]) == pytest.approx(np.std(drawn), rel=0.15)


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    """Bivariate normal classes of correlation 1/sqrt 2: tau = 1/2 exactly."""
    covered = 0
    for _ in range(300):
        x, y, numbers = clustered(150, 2)
        low, high = by_classes([kendall(x, y)], numbers).intervals()
        covered += bool(low[0] <= 0.5 <= high[0])
    assert covered / 300 == pytest.approx(0.95, abs=0.035)


def test_a_difference_is_paired() -> None:
    """Two noisy copies of one score differ by little, whatever each is worth."""
    x, y, numbers = clustered(200, 1)
    copies = [kendall(x + 0.01 * DRAW.normal(size=200), y) for _ in range(2)]
    sample = by_classes(copies, numbers)
    _, errors, p = sample.differences(0)
    assert errors[1] < sample.errors[0] / 5
    assert p[0] == 1
    assert p[1] > 0.001


def test_places_are_certain_where_scores_are_far_apart_and_shared_where_equal() -> None:
    x, y, numbers = clustered(300, 1)
    noise = DRAW.normal(size=300)
    statistics = [kendall(score, y) for score in (x, x, noise, -x)]
    low, high = by_classes(statistics, numbers).places()[:2]
    assert low.tolist() == [1, 1, 3, 4]
    assert high.tolist() == [2, 2, 3, 4]


def test_places_hold_all_at_once_and_the_set_holds_the_best_as_often_as_they_say() -> None:
    """Ten values, three of them equal and best: what Mogstad et al. and Hsu promise, by drawing."""
    truth = np.array([0.5, 0.5, 0.5, 0.45, 0.4, 0.3, 0.3, 0.1, 0.05, 0.0])
    shared = DRAW.normal(size=(10, 60)) / 150
    places = held = 0
    for _ in range(300):
        found = Sample(truth + shared @ DRAW.normal(size=60), shared).places()
        true_low = 1 + (truth > truth[:, None]).sum(1)
        true_high = 10 - (truth < truth[:, None]).sum(1)
        places += bool(((found.low <= true_low) & (found.high >= true_high)).all())
        held += bool(found.best[0] >= 0.05)
    assert places / 300 >= 0.92
    assert held / 300 >= 0.92
    assert found.low[9] > 5
    assert found.best[9] < 0.05


def test_places_that_nothing_makes_uncertain_are_the_order() -> None:
    found = Sample(np.array([0.2, 0.6, np.nan, 0.4]), np.zeros((4, 1))).places()
    assert found.low.tolist() == found.high.tolist() == [3, 1, 0, 2]
    assert found.best[[0, 1, 3]].tolist() == [0, 1, 0]


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("digits", [0, 12])
def test_a_weight_counts_as_so_many_observations(
    statistic: Callable[..., Statistic], digits: int
) -> None:
    x, y = pair(60, digits)
    times = DRAW.integers(1, 4, 60)
    found = statistic(x, y, times.astype(float))
    repeated = statistic(np.repeat(x, times), np.repeat(y, times))
    assert found.value == pytest.approx(repeated.value)
    sums = np.bincount(np.repeat(np.arange(60), times), repeated.influence)
    np.testing.assert_allclose(found.influence, sums, atol=1e-12)


@pytest.mark.parametrize("digits", [0, 12])
def test_weighted_kendall_counts_as_a_double_loop_does(digits: int) -> None:
    x, y = pair(50, digits)
    w = DRAW.uniform(0.1, 5, 50)
    a, b = (np.sign(one[:, None] - one) for one in (x, y))
    pairs = np.outer(w, w)
    expected = (pairs * a * b).sum() / np.sqrt((pairs * a * a).sum() * (pairs * b * b).sum())
    assert kendall(x, y, w).value == pytest.approx(expected)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_influences_with_weights_are_derivatives(statistic: Callable[..., Statistic]) -> None:
    x, y = pair(40, 1)
    w = DRAW.uniform(0.5, 3, 40)
    found = statistic(x, y, w)
    for i in range(40):
        more, less = w.copy(), w.copy()
        more[i] *= 1 + 1e-5
        less[i] *= 1 - 1e-5
        slope = (statistic(x, y, more).value - statistic(x, y, less).value) / 2e-5
        assert found.influence[i] == pytest.approx(slope, abs=1e-8)


def test_few_classes_have_no_interval() -> None:
    x, y, numbers = clustered(9, 3)
    low, high = by_classes([kendall(x, y)], numbers).intervals()
    assert np.isnan([low[0], high[0]]).all()


def test_holm_by_hand() -> None:
    found = holm(np.array([0.01, np.nan, 0.04, 0.03, 0.005]))
    np.testing.assert_allclose(found, [0.03, np.nan, 0.06, 0.06, 0.02])


def test_a_certain_difference_is_no_tie() -> None:
    """A score and its reverse have no error at all."""
    y = np.arange(40.0)
    sample = by_classes([kendall(y, y), kendall(-y, y)], np.arange(40))
    assert sample.differences(0)[2].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("statistic", [kendall, spearman])
def test_where_all_are_equal_nothing_is_ranked(statistic: Callable[..., Statistic]) -> None:
    """Whatever they weigh: sums of such weights vanish to rounding alone."""
    draw = np.random.default_rng(0)
    values, weights = draw.random(50), draw.random(50) * 17.3
    for pair in ((np.full(50, -np.inf), values), (values, np.ones(50))):
        found = statistic(*pair, weights)
        assert np.isnan(found.value)
        assert np.isnan(found.influence).all()
