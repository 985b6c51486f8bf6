"""True fronts, fronts of runs and their measures, beside moocore and literal twins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.errors import BadInput
from harness.judging.attainment import attained
from harness.judging.paired import compared
from harness.searching.fronts import (
    MEASURES,
    RunFront,
    TrueFront,
    fronts_by_searcher,
    leaving,
    measured,
    true_front,
)
from harness.searching.objectives import Objectives

moocore = pytest.importorskip("moocore")


def space(n: int = 200, objectives: int = 2) -> Objectives:
    draw = np.random.default_rng(objectives)
    values = pd.DataFrame(draw.uniform(1, 9, size=(n, objectives)), index=range(100, 100 + n))
    values.columns = ["error", *[f"cost{i}" for i in range(1, objectives)]]
    values["cost1"] = values["cost1"].round(1)  # ties
    return Objectives(values, dict.fromkeys(values, "1"), 8.0)


def literal_front(values: pd.DataFrame) -> list[int]:
    kept = []
    for index, row in values.iterrows():
        better = ((values <= row).all(axis=1) & (values < row).any(axis=1)).any()
        if not better:
            kept.append(index)
    return kept


@pytest.mark.parametrize("objectives", [2, 3])
def test_the_true_front_is_what_nothing_dominates(objectives: int) -> None:
    given = space(objectives=objectives)
    found = true_front(given)
    assert found.values.index.tolist() == literal_front(given.values)
    assert (found.points == np.unique(found.values.to_numpy(), axis=0)).all()
    span = found.points.max(0) - found.points.min(0)
    np.testing.assert_allclose(found.reference, found.points.max(0) + 0.1 * span)


def test_what_is_no_better_than_a_guess_is_on_no_front() -> None:
    given = space()
    cheap = given.values.assign(cost1=given.values["cost1"].where(given.values.index != 100, 0.0))
    cheap.loc[100, "error"] = 8.0
    assert 100 in literal_front(cheap)
    assert 100 not in true_front(Objectives(cheap, given.units, 8.0)).values.index


def test_a_reference_point_lies_beyond_the_front() -> None:
    given = space()
    worst = true_front(given).worst
    assert true_front(given, worst.tolist()).reference.tolist() == worst.tolist()
    with pytest.raises(BadInput, match="should lie beyond the true front, which reaches to error"):
        true_front(given, [worst[0] - 0.01, 99.0])


@pytest.mark.parametrize("objectives", [2, 3])
def test_measures_are_moocores(objectives: int) -> None:
    true = true_front(space(objectives=objectives))
    draw = np.random.default_rng(3)
    for n in (1, 3, 12):
        front = draw.uniform(1, 9, size=(n, objectives))
        share, epsilon, igd_plus, found = true.measures(front)
        unit, goal = ((points - true.best) / true.span for points in (front, true.points))
        volumes = [moocore.hypervolume(p, ref=true.reference) for p in (front, true.points)]
        assert share == pytest.approx(volumes[0] / volumes[1])
        assert epsilon == pytest.approx(moocore.epsilon_additive(unit, ref=goal))
        assert igd_plus == pytest.approx(moocore.igd_plus(unit, ref=goal))
        assert found == 0
    share, epsilon, igd_plus, found = true.measures(true.points[1:])
    assert (epsilon > 0, found) == (True, pytest.approx(1 - 1 / len(true.points)))
    assert true.measures(true.points) == (1, 0, 0, 1)
    nothing = true.measures(np.empty((0, objectives)))
    assert (nothing[0], nothing[3]) == (0, 0)
    assert np.isnan(nothing[1:3]).all()


def test_a_front_over_time_is_what_was_trained_as_long_and_is_passed_by_nothing() -> None:
    draw = np.random.default_rng(4)
    points = draw.integers(0, 6, size=(60, 2)).astype(float)
    epochs = draw.choice([1, 3], size=60)
    leaves = leaving(points, epochs)
    for n in range(61):
        kept = []
        for i in range(n):
            passed = False
            for j in range(n):
                longer = epochs[j] >= epochs[i]
                smaller = (points[j] <= points[i]).all() and (points[j] < points[i]).any()
                first = j < i and (points[j] == points[i]).all()
                passed |= bool(longer and (smaller or first))
            if not passed:
                kept.append(i)
        one = RunFront(0, np.arange(1.0, 61), leaves, np.arange(60), points)
        assert one.at(n + 0.5).tolist() == kept
        if n and len(set(epochs[:n])) == 1:
            front = moocore.filter_dominated(points[:n])
            assert sorted(points[kept].tolist()) == sorted(front.tolist())


def runs_and_trials(given: Objectives) -> tuple[pd.DataFrame, pd.DataFrame]:
    draw = np.random.default_rng(5)
    runs, trials = [], []
    for searcher in ("random", "other", "broken"):
        for seed in range(3):
            runs.append((searcher, seed, "failed" if searcher == "broken" else "ok"))
            for step in range(20 if searcher != "broken" else 0):
                index = int(draw.integers(100, 300))
                trials.append((searcher, seed, step, index, 1, step + 1.0, draw.uniform(91, 99)))
    columns = ["searcher", "seed", "step", "index", "epochs", "spent", "signal"]
    return (
        pd.DataFrame(runs, columns=["searcher", "seed", "status"]),
        pd.DataFrame(trials, columns=columns),
    )


def test_fronts_are_chosen_by_the_signal_and_judged_by_the_values() -> None:
    given = space()
    runs, trials = runs_and_trials(given)
    found = fronts_by_searcher(runs, trials, given, 100.0)
    assert [len(some) for some in found.values()] == [3, 3, 0]
    true = true_front(given)
    frame = measured(found, true, [0.5, 10.0, 20.0])
    for name in ("random", "other"):
        for seed in range(3):
            rows = trials.query(f"searcher == '{name}' and seed == {seed}")
            for budget in (10, 20):
                some = rows.head(budget)
                seen = pd.DataFrame(
                    {
                        "error": 100 - some["signal"].to_numpy(),
                        "cost1": given.values.loc[some["index"], "cost1"].to_numpy(),
                    },
                    index=some["index"],
                )
                kept = sorted(set(literal_front(seen)))
                wanted = true.measures(given.values.loc[kept].to_numpy())
                (row,) = frame.query(
                    f"searcher == '{name}' and seed == {seed} and spent == {budget}"
                )[list(MEASURES)].to_numpy()
                np.testing.assert_allclose(row, wanted)
    early = frame[frame["spent"] == 0.5]
    assert early["hypervolume"].eq(0).all()
    assert early["epsilon"].isna().all()


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 1.0])
def test_attainment_surfaces_are_moocores(share: float) -> None:
    draw = np.random.default_rng(6)
    for n in (4, 7):
        fronts = [draw.integers(0, 12, size=(6, 2)).astype(float) for _ in range(n)]
        sets = np.repeat(np.arange(n), 6)
        twin = moocore.eaf(np.concatenate(fronts), sets, percentiles=[100 * share])
        assert attained(fronts, share).tolist() == sorted(twin[:, :2].tolist())


def test_a_run_without_a_front_attains_nothing() -> None:
    empty, full = np.empty((0, 2)), np.array([[1.0, 2.0]])
    assert attained([empty, full], 0.5).tolist() == [[1, 2]]
    assert attained([empty, full], 1.0).tolist() == []


def test_comparisons_are_paired_by_seed() -> None:
    draw = np.random.default_rng(7)
    luck = draw.normal(size=50)
    wide = pd.DataFrame({"random": luck, "better": luck + 1 + 0.1 * draw.normal(size=50)})
    by_name = {one.name: one for one in compared(wide, "random")}
    gaps = wide["better"] - wide["random"]
    half = 1.959964 * gaps.std() / 50**0.5
    better = by_name["better"]
    assert better.gap == pytest.approx(gaps.mean())
    assert (better.gap_low, better.gap_high) == pytest.approx(
        (better.gap - half, better.gap + half)
    )
    assert (better.place_low, better.place_high) == (1, 1)
    assert np.isnan(by_name["random"].gap)


def test_a_front_of_one_point_has_a_reference() -> None:
    values = pd.DataFrame({"error": [1.0, 2.0], "cost1": [3.0, 4.0]})
    found = true_front(Objectives(values, {}, float("inf")))
    assert isinstance(found, TrueFront)
    assert (found.reference > found.worst).all()
    assert found.measures(found.points)[0] == 1
