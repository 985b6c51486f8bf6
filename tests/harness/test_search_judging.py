"""What searches found, judged: literal twins of every statistic."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from harness.judging.paired import sampled
from harness.searching.incumbents import Incumbents, best_so_far, incumbents
from harness.searching.judging import (
    curves,
    judged,
    median_interval,
    reaching,
    spending,
    wilson,
)

SPACE = pd.Series(np.linspace(50, 99, 50), index=range(50))
FAMILIES = {"random": "trivial", "better": "black-box", "broken": "black-box"}


def runs() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    rows = []
    for seed in range(40):
        luck = draw.integers(0, 20)
        for searcher, index in (("random", luck), ("better", luck + draw.integers(10, 29))):
            rows.append((searcher, seed, "ok", "", index, 60.0, 10.0 + seed, 5, 2, 4))
        rows.append(("broken", seed, "failed", "why", -1, math.nan, 1.0, 0, 0, 0))
    columns = ["searcher", "seed", "status", "reason", "index", "signal", "spent", "trainings"]
    return pd.DataFrame(rows, columns=[*columns, "scored", "distinct"])


def rows(statistic: str) -> dict:
    found = judged(runs(), FAMILIES, "data", SPACE, 95.0)
    return {row.searcher: row for row in found if row.statistic == statistic}


def values(searcher: str) -> np.ndarray:
    return SPACE.loc[runs().query(f"searcher == '{searcher}'")["index"]].to_numpy()


def test_means_have_the_interval_of_students() -> None:
    for name in ("random", "better"):
        own = values(name)
        half = 1.959964 * own.std(ddof=1) / math.sqrt(40)
        row = rows("accuracy")[name]
        assert row.value == pytest.approx(own.mean())
        assert (row.low, row.high) == pytest.approx((own.mean() - half, own.mean() + half))
        assert rows("deviation")[name].value == pytest.approx(own.std(ddof=1))
        assert rows("regret")[name].value == pytest.approx(99 - own.mean())
        assert rows("regret_to_signal")[name].value == pytest.approx(95 - own.mean())
        assert rows("best_1")[name].value == pytest.approx((own >= 99).mean())
    assert rows("accuracy")["broken"].failed == 40
    assert math.isnan(rows("accuracy")["broken"].value)


def test_a_difference_is_paired_by_seed() -> None:
    gaps = values("better") - values("random")
    row = rows("against_random")["better"]
    half = 1.959964 * gaps.std(ddof=1) / math.sqrt(40)
    assert row.value == pytest.approx(gaps.mean())
    assert (row.low, row.high) == pytest.approx((gaps.mean() - half, gaps.mean() + half))
    assert row.p_holm == row.p < 1e-6
    assert set(rows("against_random")) == {"better"}


def test_places_say_who_is_better() -> None:
    found = rows("accuracy")
    assert [(found[n].place_low, found[n].place_high) for n in ("better", "random")] == [
        (1, 1),
        (2, 2),
    ]
    assert found["better"].behind == 0 < found["random"].behind


def test_a_failed_seed_is_left_out() -> None:
    wide = pd.DataFrame({"a": [1.0, 2.0, np.nan, 4.0], "b": [2.0] * 4})
    sample = sampled(wide)
    assert sample.values.tolist() == pytest.approx([7 / 3, 2.0])
    assert sample.errors[0] == pytest.approx(np.std([1, 2, 4], ddof=1) / 3**0.5)
    assert sample.errors[1] == 0


def test_the_best_so_far_is_of_the_longest_trained() -> None:
    epochs = np.array([1, 1, 3, 1, 3, 3])
    signal = np.array([50.0, 60.0, 20.0, 90.0, 20.0, 25.0])
    assert best_so_far(epochs, signal).tolist() == [0, 1, 2, 2, 2, 5]
    assert best_so_far(epochs[:0], signal[:0]).tolist() == []


def test_incumbents_are_steps() -> None:
    trials = pd.DataFrame(
        [
            ("random", 0, 0, 7, 1, 10.0, 50.0),
            ("random", 0, 1, 3, 1, 20.0, 40.0),
            ("random", 0, 2, 9, 1, 35.0, 70.0),
            ("random", 1, 0, 1, 1, 12.0, 10.0),
        ],
        columns=["searcher", "seed", "step", "index", "epochs", "spent", "signal"],
    )
    columns = ["searcher", "seed", "status", "index", "spent"]
    ended = pd.DataFrame(
        [("random", 0, "ok", 9, 35.0), ("random", 1, "ok", 1, 12.0), ("proxy", 0, "ok", 4, 3.0)],
        columns=columns,
    )
    found = incumbents(ended, trials, SPACE.to_dict())
    first = found["random"][0]
    at = first.at(np.array([5.0, 10.0, 20.0, 34.0, 35.0, 99.0]))
    np.testing.assert_array_equal(at, [np.nan, 57, 57, 57, 59, 59])
    assert first.first(58.0) == 35.0
    assert first.first(60.0) == math.inf
    assert found["proxy"][0].at(np.array([2.0, 3.0])).tolist()[1] == 54.0


def test_curves_and_reaching() -> None:
    steps = [
        Incumbents(np.array([1.0, 10.0 + i, 100.0]), np.array([50.0, 90.0 + i, 99.0]))
        for i in range(5)
    ]
    points = [p for p in curves({"a": steps, "none": []}, 99.0, 100.0) if p.searcher == "a"]
    assert points[0].spent == pytest.approx(1.0)
    assert points[0].mean == 49.0
    assert points[-1].mean == 0.0
    middle = next(p for p in points if p.spent > 15)
    assert (middle.mean, middle.median) == (7.0, 7.0)
    assert (middle.q25, middle.q75) == (6.0, 8.0)
    reached = {row.statistic: row for row in reaching({"a": steps}, {"a": "x"}, "data", 95.0)}
    assert reached["reached_2"].value == 1.0
    assert reached["spent_to_2"].value == 100.0 if reached["spent_to_2"].value > 15 else True
    assert reached["spent_to_0.25"].value == 100.0


def test_a_median_lies_between_order_statistics() -> None:
    """Of 10 draws the second and the ninth, by the binomial: 97.9 %."""
    assert median_interval(np.arange(10.0)) == (1.0, 8.0)
    assert all(map(math.isnan, median_interval(np.arange(4.0))))
    draw = np.random.default_rng(1)
    held = 0
    for _ in range(400):
        low, high = median_interval(draw.exponential(size=31))
        held += low <= math.log(2) <= high
    assert held >= 0.95 * 400 - 3 * math.sqrt(400 * 0.05 * 0.95)


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    low, high = wilson(0, 20)
    assert abs(low) < 1e-12
    assert high == pytest.approx(0.1611252, abs=1e-6)


def test_spending_is_of_what_did_not_fail() -> None:
    found = {(r.searcher, r.statistic): r.value for r in spending(runs(), FAMILIES, "data")}
    assert found["random", "spent"] == pytest.approx(29.5)
    assert found["better", "distinct"] == 4
    assert ("broken", "spent") not in found
