"""Joining and correlating: signs, ties, missing scores, one cell a class."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy_names import AccuracyName
from harness.judging.joining import join
from harness.judging.judge import judge
from harness.judging.score_table import ScoreTable
from harness.scoring.entries import of_proxy
from proxies import Proxy, load_all

NAME = AccuracyName("cifar10", "ori-test", 200, None)
ACCURACY = pd.Series({0: 10.0, 1: 50.0, 2: 60.0, 3: 70.0, 4: 80.0})
SNIP = load_all()["snip"]


def scores(values: list[float], classes: str = "abcde", name: str = "snip") -> pd.DataFrame:
    n = len(values)
    return pd.DataFrame(
        {
            "index": range(n),
            "arch": [f"cell {i}" for i in range(n)],
            "class": list(classes[:n]),
            "proxy": name,
            "seed": 0,
            "score": values,
            "status": ["undefined" if math.isnan(v) else "ok" for v in values],
        }
    )


def by_name(frame: pd.DataFrame, proxy: Proxy = SNIP) -> dict:
    table = ScoreTable.of(join(frame, ACCURACY, [proxy]), {proxy.name: of_proxy(proxy)})
    return {(row.cells, row.statistic): row for row in judge(table, NAME, "cifar10")[0]}


def test_a_perfect_ranking_scores_one() -> None:
    rows = by_name(scores([1, 2, 3, 4, 50]))
    assert rows["all", "kendall"].value == pytest.approx(1)
    assert rows["all", "spearman"].value == pytest.approx(1)


def test_the_declared_direction_turns_the_sign_and_nothing_is_made_positive() -> None:
    smaller = Proxy(**{**vars(SNIP), "larger_is_better": False})
    assert by_name(scores([5, 4, 3, 2, 1]))["all", "kendall"].value == pytest.approx(-1)
    assert by_name(scores([5, 4, 3, 2, 1]), smaller)["all", "kendall"].value == pytest.approx(1)


def test_missing_scores_are_counted_and_rank_last_and_are_left_out_on_a_second_line() -> None:
    rows = by_name(scores([math.nan, 3, 2, 4, 5]))
    left_out, worst = rows["all", "kendall_left_out"], rows["all", "kendall"]
    assert (left_out.n, left_out.undefined) == (4, 1)
    assert left_out.value == pytest.approx(2 / 3)
    assert worst.n == 5
    assert worst.value == pytest.approx(8 / 10)


def test_ranking_worst_follows_the_direction() -> None:
    smaller = Proxy(**{**vars(SNIP), "larger_is_better": False})
    rows = by_name(scores([math.nan, 4, 3, 2, 1]), smaller)
    assert rows["all", "kendall"].value == pytest.approx(1)


def test_one_cell_a_class_is_the_first() -> None:
    rows = by_name(scores([1, 9, 3, 4, 5], classes="abbcd"))
    assert rows["classes", "kendall"].n == 4
    assert rows["all", "kendall"].n == 5


def test_ties_are_tau_b() -> None:
    rows = by_name(scores([1, 1, 2, 2, 3]))
    concordant, pairs, tied = 8, 10, 2
    assert rows["all", "kendall"].value == pytest.approx(
        concordant / np.sqrt((pairs - tied) * pairs)
    )


def test_constant_scores_have_no_correlation() -> None:
    assert math.isnan(by_name(scores([1, 1, 1, 1, 1]))["all", "spearman"].value)
    assert math.isnan(by_name(scores([1.0]))["all", "kendall"].value)


def test_all_missing_is_no_error() -> None:
    row = by_name(scores([math.nan] * 5))["all", "kendall"]
    assert math.isnan(row.value)
    assert (row.n, row.undefined) == (5, 5)


def test_seeds_are_averaged_and_one_missing_makes_the_cell_missing() -> None:
    first, second = scores([1, 2, 3, 4, 5]), scores([3, 2, math.nan, 4, 7])
    both = pd.concat([first, second.assign(seed=1)])
    cells = join(both, ACCURACY, [SNIP]).set_index("index")
    assert cells.loc[0, "score"] == 2
    assert math.isnan(cells.loc[2, "score"])
    assert cells.loc[2, "status"] == "undefined"


def test_failed_cells_are_counted_apart() -> None:
    frame = scores([1, 2, math.nan, 4, 5])
    frame.loc[2, "status"] = "failed"
    row = by_name(frame)["all", "kendall_left_out"]
    assert (row.n, row.undefined, row.failed) == (4, 0, 1)
