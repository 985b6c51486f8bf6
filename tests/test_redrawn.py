"""The error of initial weights, as the study of agreement measures it, beside what is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from studies import variants
from studies.leaders import Lead, retrained
from studies.redrawn import errors, scale_of
from studies.whole_space import ACCURACIES, correlation

SIZES = np.repeat([12, 6, 3, 1], [10, 20, 60, 200])
"""Cells of each class."""

NOISE = 0.8


def space(scored: int, seed: int) -> pd.DataFrame:
    """Cells whose score is their class's quality with noise; the largest have three scores."""
    draw = np.random.default_rng(1)
    quality = draw.normal(size=len(SIZES))
    classes = np.repeat(np.arange(len(SIZES)), SIZES)
    found = pd.DataFrame({"class": classes.astype(str), "params": 1.0, "flops": 1.0})
    for name in ACCURACIES:
        found[name] = quality[classes] + draw.normal(0, 0.3, len(classes))
    noise = np.random.default_rng(seed).normal(0, NOISE, (3, len(SIZES)))
    for initialisation, name in enumerate(("nasi", "nasi@1", "nasi@2")):
        values = quality + noise[initialisation]
        values[scored if initialisation else len(SIZES) :] = np.nan
        found[f"cifar10 {name}"] = values[classes]
    found["cifar10 params"] = 1.0
    return found


@pytest.mark.parametrize("scored", [len(SIZES), 30])
def test_it_is_the_deviation_over_initialisations(scored: int) -> None:
    """Where all classes have several scores, and where the largest alone do."""
    wanted = [("nasi", "spearman"), ("params", "spearman")]
    truth = np.std([correlation(space(0, i), "cifar10 nasi", "cifar10") for i in range(200)])
    found = [errors(space(scored, seed), wanted) for seed in range(12)]
    mean = np.mean([one["nasi", "spearman", "cifar10"] for one in found])
    assert mean == pytest.approx(truth, rel=0.25)
    assert found[0]["params", "spearman", "cifar10"] == 0


def test_what_has_one_initialisation_has_no_error() -> None:
    one = space(0, 0).drop(columns=["cifar10 nasi@1", "cifar10 nasi@2"])
    assert np.isnan(scale_of(one, "nasi"))
    assert errors(one, [("nasi", "spearman")]) == {}


def test_cells_that_are_built_twice_stand_for_all() -> None:
    draw, rng = np.random.default_rng(0), np.random.default_rng(5)
    quality, count = draw.normal(size=2000), 800
    found = pd.DataFrame({"cifar10": quality + draw.normal(0, 0.3, 2000)})
    found["silent"] = np.arange(2000) < count

    def scores() -> np.ndarray:
        return quality + np.where(found["silent"], rng.normal(0, NOISE, 2000), 0.0)

    truth = np.std([correlation(found.assign(s=scores()), "s", "cifar10") for _ in range(200)])
    each = []
    for i in range(12):
        first = found.assign(released=scores())
        chosen = np.sort(np.random.default_rng(i).choice(count, 300, replace=False))
        each.append(variants.error(first, pd.Series(scores()[chosen], chosen), "cifar10"))
    assert np.mean(each) == pytest.approx(truth, rel=0.25)


def test_another_training_has_the_noise_of_a_mean_of_as_many() -> None:
    rng, spread, n = np.random.default_rng(3), 0.5, 20_000
    index = pd.Index(range(n))
    quality = pd.Series(rng.normal(size=n), index)
    trials = pd.DataFrame(rng.normal(quality.to_numpy()[:, None], spread, (n, 3)), index)
    trials.loc[index % 3 == 1, 0] = np.nan
    trials.loc[index % 3 == 2, [0, 2]] = np.nan
    accuracy = trials.mean(axis=1)
    noise = retrained(accuracy, trials, rng) - accuracy
    for k, own in ((3, 0), (2, 1), (1, 2)):
        found = noise[index % 3 == own].std()
        assert found == pytest.approx(spread / k**0.5, rel=0.05)
    assert noise.mean() == pytest.approx(0, abs=0.01)


def test_a_lead_is_certain_beyond_its_errors() -> None:
    assert str(Lead(0.03, 0.01, 0.005)) == "+.030 ± .011"
    assert str(Lead(0.02, 0.01, 0.005)) == "+.020 ± .011 ="
    assert str(Lead(-0.0001, 0.0, 0.002)) == "+.000 ± .002 ="
