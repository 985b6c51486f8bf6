"""Naming candidates on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.nasbench201.cell import every_cell
from benchmarks.sources import read_truth
from harness.options.arguments import selection
from harness.runs.cells import select
from harness.runs.designs import by_size
from harness.runs.draws import inclusion, stratified

TSS = BENCHMARKS["nats-tss"]
CIFAR10 = TSS.dataset("cifar10")
CANDIDATES = pd.Series([str(cell) for cell in list(every_cell())[::7]])


def chosen(spec: str) -> pd.Series:
    return select(spec, CANDIDATES, TSS, CIFAR10)


def test_all_random_and_indices() -> None:
    assert len(chosen("all")) == len(CANDIDATES)
    assert list(chosen("11,0,11").index) == [0, 11]
    drawn = chosen("random:300")
    assert len(drawn) == len(set(drawn.index)) == 300
    assert drawn.index.is_monotonic_increasing
    assert list(chosen("random:300").index) == list(drawn.index)


def test_digits_may_be_an_official_string() -> None:
    macro = BENCHMARKS["nas-bench-macro"]
    every = read_truth(macro.truth, 1).candidates
    named = select("00000012,7,22222222", every, macro, CIFAR10)
    assert named.to_dict() == {5: "00000012", 7: every[7], 6560: "22222222"}


@pytest.mark.parametrize("typed", ["00002345", "00000003", "007", "20002345"])
def test_a_mistyped_string_is_no_index(typed: str) -> None:
    macro = BENCHMARKS["nas-bench-macro"]
    with pytest.raises(BadInput, match=f"Found `{typed}`"):
        select(typed, read_truth(macro.truth, 1).candidates, macro, CIFAR10)


@pytest.mark.parametrize("name", list(BENCHMARKS))
def test_every_benchmark_s_strings_can_be_given(name: str) -> None:
    benchmark = BENCHMARKS[name]
    named = ",".join([*benchmark.examples.connected, "7", ""])
    assert selection(named) == named
    for wrong in ("al", "strat:40", "random:", ",7", "|", "seven", "0-3"):
        with pytest.raises(argparse.ArgumentTypeError, match="official strings"):
            selection(wrong)


def test_stratified_takes_classes_with_all_their_cells_as_they_are_mixed_in_the_space() -> None:
    drawn = chosen("stratified:100")
    classes = CANDIDATES.map(TSS.representative)
    assert classes[drawn.index].nunique() == 100
    assert set(drawn.index) == set(classes.index[classes.isin(classes[drawn.index])])
    chance = by_size(100, classes, classes.map(len))["chance"][drawn.index]
    live = drawn.map(lambda arch: TSS.live_cost(arch, CIFAR10).params)
    every = CANDIDATES.map(lambda arch: TSS.live_cost(arch, CIFAR10).params)
    assert np.average(live, weights=1 / chance) == pytest.approx(every.mean(), rel=0.02)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.data())
def test_classes_are_drawn_as_probably_as_is_said(sizes: list[int], data: st.DataObject) -> None:
    """Over all starts of a systematic draw each class is taken its chance's share of times."""
    count = data.draw(st.integers(1, len(sizes)))
    classes = pd.Series(np.repeat([f"{i:02}" for i in range(len(sizes))], sizes))
    live = pd.Series(np.arange(len(sizes)), classes.unique())
    chance = inclusion(np.array(sizes), count)
    assert chance.sum() == pytest.approx(count)
    taken = np.zeros(len(sizes))
    starts = (np.arange(200) + 0.5) / 200
    for start in starts:
        found = stratified(classes, live, count, np.random.default_rng(0), start)
        hit = classes[found].astype(int).unique()
        assert len(hit) == count
        taken[hit] += 1 / len(starts)
    np.testing.assert_allclose(taken, chance, atol=0.02)


def test_a_file_of_indices_or_strings(tmp_path: Path) -> None:
    path = tmp_path / "cells.txt"
    path.write_text(f"3\n\n{CANDIDATES[5]}\n")
    assert list(chosen(f"@{path}").index) == [3, 5]


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("random:0", "at least one candidate"),
        ("random:999999", "at most 2233 candidates"),
        ("stratified:6000", "functional classes"),
        ("some", "Found `some`"),
        ("0,99999", "Found `99999`"),
        ("@nowhere.txt", "cannot be read"),
    ],
)
def test_what_cannot_be_chosen_is_refused(spec: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        chosen(spec)


def test_an_empty_file_chooses_nothing(tmp_path: Path) -> None:
    (tmp_path / "none.txt").touch()
    with pytest.raises(BadInput, match="at least one candidate"):
        chosen(f"@{tmp_path}/none.txt")
