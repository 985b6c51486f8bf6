"""Naming candidates on the command line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.nasbench201.cell import every_cell, representative
from harness.scoring.cells import select

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


def test_stratified_takes_one_cell_a_class_from_dead_to_large() -> None:
    drawn = chosen("stratified:100")
    assert len({TSS.representative(arch) for arch in drawn}) == 100
    live = sorted(TSS.live_cost(arch, CIFAR10).params for arch in drawn)
    every = sorted(
        {
            representative(cell): TSS.live_cost(str(cell), CIFAR10).params for cell in every_cell()
        }.values()
    )
    assert abs(live[50] - every[len(every) // 2]) < 150_000
    assert live[0] < 200_000
    assert live[-1] > 1_000_000


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
        ("", "should be `all`"),
        ("some", "should be `all`"),
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
