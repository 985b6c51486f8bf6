"""Intervals cover the space's value as often as they say: each design, drawn again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.table import AccuracyTable
from studies.coverage_of_intervals import Space, coverage, space


@pytest.fixture(scope="module")
def whole(data: Path) -> Space:
    return space(AccuracyTable.read(data / "nb201_table.parquet"))


CASES = [
    ("random", "kendall", 150, 200),
    ("random", "kendall", 600, 100),
    ("random", "kendall", 1500, 60),
    ("stratified", "kendall", 150, 60),
    ("stratified", "spearman", 600, 60),
    ("stratified", "spearman", 1500, 40),
]
"""Spearman's rho where Kendall's tau takes long; the study prints both for all."""


@pytest.mark.parametrize(("design", "statistic", "n", "draws"), CASES)
def test_intervals_cover_the_space_s_value(
    whole: Space, design: str, statistic: str, n: int, draws: int
) -> None:
    """Between .93 and .975, with two standard errors of so many draws."""
    rows = list(coverage(whole, design, n, draws, statistic))
    slack = 2 * (0.05 * 0.95 / draws) ** 0.5
    for row in rows:
        assert 0.93 - slack <= row.covered <= 0.975 + slack, row
        assert row.mean == pytest.approx(row.truth, abs=0.01), row
    assert len({round(row.truth, 1) for row in rows}) == 3
