"""Intervals over children and supernets, against what their formulas say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, t, ttest_1samp, ttest_rel

from harness.judging.correlating import correlated
from harness.judging.score_table import ScoreTable
from harness.judging.supernets import per_supernet
from harness.runs.designs import AS_DRAWN, Design
from reports.entry import Entry

CELLS, SUPERNETS = 60, 5
NAMES = ("spos", "magic_t")


def table(design: Design = AS_DRAWN) -> tuple[ScoreTable, list[pd.DataFrame]]:
    draw = np.random.default_rng(0)
    cells = pd.RangeIndex(CELLS)
    accuracy = pd.Series(draw.normal(size=CELLS), cells)
    apart = [
        pd.DataFrame(
            {
                name: (1 + 0.3 * s) * accuracy + (1.5 - 0.4 * i) * draw.normal(size=CELLS)
                for i, name in enumerate(NAMES)
            }
        )
        for s in range(SUPERNETS)
    ]
    wide = sum(apart) / SUPERNETS
    wide["params"] = accuracy + draw.normal(size=CELLS)
    status = pd.DataFrame("ok", cells, wide.columns)
    entries = {str(name): Entry(str(name), "one-shot", "", "") for name in wide}
    classes = pd.Series(cells.astype(str), cells)
    made = ScoreTable(wide, status, accuracy, classes, entries, design, supernets=tuple(apart))
    return made, apart


def taus(apart: list[pd.DataFrame], name: str, accuracy: pd.Series) -> list[float]:
    return [kendalltau(one[name], accuracy).statistic for one in apart]


def test_one_supernets_value_is_the_mean_over_supernets_with_students_interval() -> None:
    made, apart = table()
    rows, _ = per_supernet(made, {"spos": 7.0})
    for row in rows:
        if row.cells == "all" and row.predictor in NAMES:
            each = taus(apart, row.predictor, made.accuracy)
            assert row.value == pytest.approx(np.mean(each))
            ends = ttest_1samp(each, 0).confidence_interval(0.95)
            assert (row.supernets_low, row.supernets_high) == pytest.approx(tuple(ends))
    control = next(row for row in rows if row.predictor == "params" and row.cells == "all")
    assert control.supernets == 0
    assert control.value == pytest.approx(
        kendalltau(made.scores["params"], made.accuracy).statistic
    )
    assert np.isnan(control.supernets_low)


def test_differences_are_paired_over_seeds() -> None:
    made, apart = table()
    _, gaps = per_supernet(made, {})
    gap = next(g for g in gaps if (g.first, g.second, g.cells) == ("spos", "magic_t", "all"))
    first, second = (taus(apart, name, made.accuracy) for name in NAMES)
    wanted = ttest_rel(first, second)
    assert gap.difference == pytest.approx(np.mean(first) - np.mean(second))
    assert gap.supernets_p == pytest.approx(wanted.pvalue)
    ends = wanted.confidence_interval(0.95)
    assert (gap.supernets_low, gap.supernets_high) == pytest.approx(tuple(ends))


def test_the_whole_interval_has_satterthwaites_freedom() -> None:
    """Children by the jackknife, supernets by their variance; each alone where the other is 0."""
    made, apart = table()
    row = per_supernet(made, {})[0][0]
    each = np.array(taus(apart, "spos", made.accuracy))
    without = []
    for i in range(CELLS):
        kept = np.arange(CELLS) != i
        some = [kendalltau(one["spos"][kept], made.accuracy[kept]).statistic for one in apart]
        without.append(np.mean(some))
    children = (CELLS - 1) / CELLS * ((np.array(without) - np.mean(without)) ** 2).sum()
    supernets = each.var(ddof=1) / SUPERNETS
    freedom = (children + supernets) ** 2 * (SUPERNETS - 1) / supernets**2
    half = t.ppf(0.975, freedom) * np.sqrt(children + supernets)
    assert row.high - row.value == pytest.approx(half, rel=0.03)


def test_a_mean_over_supernets_deviates_with_each_of_them() -> None:
    """Of all children, so that nothing is drawn but the supernets: the jackknife over them."""
    each = pd.DataFrame(
        {"weight": 1.0, "chance": 1.0, "class_chance": 1.0}, index=pd.RangeIndex(CELLS)
    )
    made, apart = table(Design("all", "", each))
    sample = correlated(made, "kendall")
    for i, name in enumerate(made.scores):
        if name not in NAMES:
            assert sample.errors[i] == 0
            continue
        without = [
            kendalltau(sum(o[name] for j, o in enumerate(apart) if j != s), made.accuracy).statistic
            for s in range(SUPERNETS)
        ]
        variance = (SUPERNETS - 1) / SUPERNETS * ((without - np.mean(without)) ** 2).sum()
        assert sample.errors[i] == pytest.approx(np.sqrt(variance))
