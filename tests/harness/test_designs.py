"""Which population an interval speaks for, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import benchmark
from benchmarks.nasbench201.cell import every_cell
from harness.judging.correlating import correlated
from harness.judging.datasets import mean_over_datasets
from harness.judging.judge import ranked
from harness.judging.score_table import ScoreTable
from harness.runs.cells import select
from harness.runs.designs import Design, by_size, design_of, one_by_one
from reports.entry import Entry

SPACE = benchmark("nats-tss")
CIFAR10 = SPACE.dataset("cifar10")
EVERY = pd.Series([str(cell) for cell in list(every_cell())[::23]])
CLASSES = EVERY.map(SPACE.representative)


def designed(spec: str, chosen: str = "", **more: str) -> Design:
    drawn = select(chosen or spec, EVERY, SPACE, CIFAR10)
    cells = pd.DataFrame({"index": drawn.index, "class": drawn.map(SPACE.representative)})
    return design_of(spec, cells, EVERY, SPACE, CIFAR10, **more)


@pytest.mark.parametrize(
    ("spec", "name", "says"),
    [
        ("all", "all", "All 680 cells of nats-tss"),
        ("random:50", "random", "50 of the 680 cells of nats-tss were drawn one by one"),
        ("stratified:50", "stratified", "functional classes of nats-tss were drawn by size"),
        ("1,5,7", "list", "as if they had been drawn at random"),
    ],
)
def test_what_is_named_on_the_command_line_decides(spec: str, name: str, says: str) -> None:
    found = designed(spec)
    assert found.name == name
    assert says in found.words


def test_a_space_of_other_classes_is_an_option() -> None:
    found = designed("random:50", intervals="clustered")
    assert found.name == "clustered"
    assert "if the classes of nats-tss were others" in found.words


def test_cells_that_were_not_drawn_so_are_a_list() -> None:
    assert designed("random:50", chosen="3,4,5").name == "list"


def test_the_embedded_benchmark_is_a_sample_and_says_of_what() -> None:
    mini = benchmark("mini")
    cells = pd.DataFrame({"index": EVERY.index, "class": CLASSES})
    for spec in ("all", "random:680"):
        found = design_of(spec, cells, EVERY, mini, mini.datasets[0])
        assert found.name == "sample"
        assert "mini is itself a sample of NAS-Bench-201's functional classes" in found.words


INFLUENCE = np.arange(12.0) - 5.5
ALONE = pd.Series([str(i) for i in range(12)])


def test_cells_drawn_one_by_one_are_corrected_for_the_finite_space() -> None:
    whole = pd.Series([str(i) for i in range(48)])
    design = Design("random", "", one_by_one(12, whole))
    found = design.contributions(INFLUENCE, ALONE.index, ALONE)
    assert (found**2).sum() == pytest.approx((INFLUENCE**2).sum() * 12 / 11 * 0.75)


def test_all_cells_leave_nothing_to_chance() -> None:
    everything = pd.DataFrame({"weight": 1.0, "chance": 1.0, "class_chance": 1.0}, ALONE.index)
    design = Design("all", "", everything)
    assert not design.contributions(INFLUENCE, ALONE.index, ALONE).any()


def test_classes_along_a_row_vary_as_neighbours_differ() -> None:
    """Sums over classes rise by 1 from neighbour to neighbour; half of them were drawn."""
    whole = pd.Series([str(i) for i in range(24)])
    frame = by_size(12, whole, pd.Series(range(24), whole))
    design = Design("stratified", "", frame)
    assert (frame["chance"] == 0.5).all()
    found = design.contributions(INFLUENCE, ALONE.index, ALONE)
    assert (found**2).sum() == pytest.approx(11 * (1 / 2) * (11 / 10) * 0.5)


def test_a_class_that_was_sure_to_be_drawn_adds_nothing_and_others_stand_for_their_size() -> None:
    classes = pd.Series(["a"] * 30 + [str(i) for i in range(20)])
    frame = by_size(11, classes, pd.Series(range(21), classes.unique()))
    assert frame["chance"].tolist() == [1.0] * 30 + [0.5] * 20
    assert frame["weight"].tolist() == [1.0] * 30 + [2.0] * 20


def test_clustered_sums_over_classes() -> None:
    pairs = pd.Series([str(i // 2) for i in range(24)])
    found = Design("clustered", "").contributions(np.ones(24), pairs.index, pairs)
    np.testing.assert_allclose(found, 2 * np.sqrt(12 / 11))


def scores_of(design: Design, truth: np.ndarray, noise: np.ndarray) -> ScoreTable:
    """Return the scores of one proxy, its scores the mean over seeds, noise (seeds, n)."""
    cells = pd.Index(range(len(truth)))
    seeds = tuple(pd.DataFrame({"p": truth + one}, cells) for one in noise)
    status = pd.DataFrame("ok", cells, ["p"])
    classes = pd.Series([str(i) for i in cells])
    accuracy = pd.Series(truth + np.sin(97 * truth))
    mean = pd.DataFrame({"p": truth + noise.mean(0)}, cells)
    return ScoreTable(
        mean, status, accuracy, classes, {"p": Entry("p", "zero-cost", "", "")}, design, seeds
    )


@pytest.mark.parametrize("seeds", [2, 4])
def test_initial_weights_are_all_that_is_left_where_all_cells_are_scored(seeds: int) -> None:
    """The error from one run's seeds is the spread of the value from run to run."""
    draw = np.random.default_rng(0)
    truth = draw.normal(size=300)
    everything = pd.DataFrame({"weight": 1.0, "chance": 1.0, "class_chance": 1.0}, range(300))
    design = Design("all", "", everything)
    tables = [scores_of(design, truth, draw.normal(size=(seeds, 300))) for _ in range(150)]
    found = [correlated(one, "kendall") for one in tables]
    spread = np.std([one.values[0] for one in found])
    assert np.mean([one.errors[0] for one in found]) == pytest.approx(spread, rel=0.2)


def test_a_draw_already_shows_the_noise_of_its_cells() -> None:
    """Cells and their initial weights drawn anew: errors are the spread, neither more nor less."""
    draw = np.random.default_rng(1)
    whole = pd.Series([str(i) for i in range(600)])
    truth = draw.normal(size=600)
    design = Design("random", "", one_by_one(300, whole))
    values, errors = [], []
    for _ in range(150):
        chosen = np.sort(draw.choice(600, 300, replace=False))
        found = correlated(scores_of(design, truth[chosen], draw.normal(size=(2, 300))), "kendall")
        values.append(found.values[0])
        errors.append(found.errors[0])
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.15)


def test_cells_that_an_interval_needs_by_hand() -> None:
    """Four times the cells halve an error; a space that has an end needs fewer."""
    error = 0.04 / norm.ppf(0.975)
    assert Design("list", "").needed(100, error) == 400
    whole = pd.Series([str(i) for i in range(400)])
    finite = Design("random", "", one_by_one(100, whole))
    # s^2 (1/100 - 1/400) = e^2, s^2 (1/n - 1/400) = e^2 / 4: n = 400 / (3/4 + 1)
    assert finite.needed(100, error) == int(np.ceil(400 / 1.75))
    assert Design("all", "").needed(100, 0.0) == 0
    assert Design("list", "").needed(100, float("nan")) == 0


def test_a_mean_over_datasets_is_paired_cell_by_cell() -> None:
    """The same dataset twice is as uncertain as once; unlike cells are left out."""
    draw = np.random.default_rng(0)
    one = scores_of(Design("list", ""), draw.normal(size=200), np.zeros((1, 200)))
    other = replace(one, accuracy=one.accuracy + draw.normal(size=200))
    name = AccuracyName("a", "test", 200, None)
    fewer = one.chosen(np.arange(200) > 5)
    rows = mean_over_datasets({"a": one, "b": one, "c": fewer}, name, "a")
    alone = ranked(one, name, "a", "kendall", correlated(one, "kendall"))[0]
    assert rows[0].dataset == "mean of a, b"
    assert rows[0][8:12] == pytest.approx(alone[8:12])
    mixed = mean_over_datasets({"a": one, "b": other}, name, "a")[0]
    values = [correlated(each, "kendall").values[0] for each in (one, other)]
    assert mixed.value == pytest.approx(np.mean(values))
    assert mean_over_datasets({"a": one, "c": fewer}, name, "a") == []
