"""The board over families: places and intervals by hand, and what is said of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from studies.board import board, by_dataset, sentences
from studies.standings import FAMILIES, summarised, with_places

SPACES = list(FAMILIES)
TAUS = {
    "params": (0.5, 0.4, 0.1, 0.2),
    "steady": (0.6, 0.5, 0.4, 0.3),
    "moody": (0.9, 0.1, -0.2, 0.1),
    "partial": (0.7, 0.7, 0.7, None),
}


@pytest.fixture
def found() -> pd.DataFrame:
    """Two datasets of the last space, one of each other; the second ranks as the first."""
    places = [(space, "one", i) for i, space in enumerate(SPACES)] + [(SPACES[-1], "two", 3)]
    rows = [
        {
            "space": space,
            "dataset": dataset,
            "proxy": proxy,
            "family": "trivial" if proxy == "params" else "zero-cost",
            "tau": taus[i],
            "low": taus[i] - 0.1 if i == 2 else np.nan,
            "high": taus[i] + 0.1 if i == 2 else np.nan,
            "over": taus[i] - TAUS["params"][i],
            "over_low": taus[i] - TAUS["params"][i] - 0.2 if i == 3 else np.nan,
            "regret": 0.5,
            "n": 100,
            "undefined": 0,
        }
        for space, dataset, i in places
        for proxy, taus in TAUS.items()
        if taus[i] is not None
    ]
    return with_places(pd.DataFrame(rows))


def test_places_are_among_rows_that_every_family_defines(found: pd.DataFrame) -> None:
    wide = summarised(found)
    assert list(wide.index) == ["steady", "params", "moody", "partial"]
    assert wide.loc["steady", "place"] == pytest.approx((2 + 1 + 1 + 1) / 4)
    assert wide.loc["moody", "place"] == pytest.approx((1 + 3 + 3 + 3) / 4)
    assert wide.loc["moody", "worst"] == 3
    assert np.isnan(wide.loc["partial", "place"])
    half = 3.182446 * np.std([2, 1, 1, 1], ddof=1) / 2  # Student's t of three degrees of freedom
    assert wide.loc["steady", "high"] == pytest.approx(1.25 + half, abs=1e-5)
    assert wide.loc["steady", "low"] == 1  # there is no better place


def test_what_is_said_follows_the_rows(found: pd.DataFrame) -> None:
    said = " ".join(sentences(found, summarised(found)))
    assert "NAS-Bench-Macro: 100 candidates, intervals of tau ± 0.100 (median)." in said
    assert "NAS-Bench-201: 100 candidates." in said
    assert "Best mean place: steady, 1.2 of 3" in said
    assert "Above counting in the mean of every family: steady." in said
    assert "Above the best of all rows that only count, likewise: steady." in said
    assert "Regret of steady and of params, the first row that only counts: 0.50 and 0.50" in said
    assert "moody by the others" not in said
    assert "steady by the others, 2.0 on NAS-Bench-201" in said
    assert "Above counting on every dataset: steady." in said
    assert "The same beyond what the draw explains: none." in said
    assert "Tau above 0 on every dataset: steady, params." in said


def test_tables_have_a_row_a_score_and_mark_what_counts(found: pd.DataFrame) -> None:
    wide = summarised(found)
    places, taus = board(wide), by_dataset(found, wide.index, "tau", 3)
    assert places.count("\n| ") == taus.count("\n| ") == len(TAUS)
    assert "| partial | 0.700 | 0.700 | 0.700 | – | – |" in taus
    each = by_dataset(found, wide.index, "place", 1)
    assert "| steady | 2.0 | 1.0 | 1.0 | 1.0 | 1.0 |" in each
    assert "| partial | – | – | – | – | – |" in each
    assert "| *params* |" in places
    assert "| partial | – | – | – |" in places
    assert taus.splitlines()[0].count("TransNAS micro") == 2
