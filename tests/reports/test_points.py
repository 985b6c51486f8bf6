"""Scatters of the page as data: axes that say what they are, and cells where they belong."""

from __future__ import annotations

import base64
import gzip
import json

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from reports.findings import Findings
from reports.points import STEPS, packed, panel, points, transform
from reports.scatter import Scatter, axis_label, draw_scatter

SCORES = {
    "linear": np.array([1.0, 2.0, 3.0, 2.5]),
    "log": np.array([1.0, 1e2, 1e5, 1e9]),
    "symlog": np.array([-1e6, -3.0, 0.0, 5e4]),
    "negative": -np.array([1.0, 1e2, 1e5, 1e9]),
}


def inverse(place: float, made: object) -> float:
    """Literal: what the page's script does."""
    left, right = made.ends  # type: ignore[attr-defined]
    t = left + place / STEPS * (right - left)
    if made.scale == "linear":  # type: ignore[attr-defined]
        return t
    if made.scale == "log":  # type: ignore[attr-defined]
        return 10**t
    linear = made.linear  # type: ignore[attr-defined]
    return t * linear if abs(t) <= 1 else np.sign(t) * linear * 10 ** (abs(t) - 1)


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("larger", [True, False])
def test_a_place_is_the_score_and_the_better_end_is_on_the_right(name: str, larger: bool) -> None:
    score = SCORES[name]
    made = panel(score, larger=larger)
    assert np.argsort(made.places).tolist() == np.argsort(score if larger else -score).tolist()
    assert min(made.places) > 0
    assert max(made.places) < STEPS
    told = [inverse(place, made) for place in made.places]
    spread = transform(made.scale, made.linear)
    axis = abs(made.ends[1] - made.ends[0])
    np.testing.assert_allclose(spread(np.array(told)), spread(score), atol=axis / STEPS)


def test_missing_scores_have_no_place() -> None:
    made = panel(np.array([np.nan, 1.0, 2.0]), larger=True)
    assert made.places[0] == -1
    assert "1 without a score" in made.label
    nothing = panel(np.array([np.nan, np.nan]), larger=True)
    assert nothing.places == [-1, -1]
    for value in (0.0, 2.0, -8.1e35):
        assert panel(np.array([value] * 2), larger=True).places == [STEPS // 2 + 1] * 2


@pytest.mark.parametrize("name", SCORES)
def test_ticks_lie_on_the_axis_where_their_numbers_are(name: str) -> None:
    made = panel(SCORES[name], larger=True)
    assert len(made.ticks) >= 2
    assert all(0 <= at <= 1 for at, _ in made.ticks)
    places = [at for at, _ in made.ticks]
    assert places == sorted(places)
    labels = {label: at for at, label in made.ticks}
    if name == "log":
        assert inverse(labels["10⁶"] * STEPS, made) == pytest.approx(1e6, rel=1e-2)
    if name == "negative":
        assert "0" not in labels


def test_an_axis_says_its_scale_and_that_it_is_turned() -> None:
    assert axis_label("linear", True, 0) == "score"
    assert axis_label("log", False, 2) == (
        "score (log axis; smaller is better: axis turned; 2 without a score)"
    )
    assert axis_label("symlog", True, 0) == "score (symmetric log axis)"


@pytest.mark.parametrize("larger", [True, False])
def test_a_figure_turns_the_axis_likewise(larger: bool) -> None:
    score = np.array([1.0, 2.0, 3.0])
    axes = Figure().subplots()
    assert isinstance(axes, mpl.axes.Axes)
    draw_scatter(axes, Scatter("one", score, score, "linear", "", 0, larger), "accuracy")
    left, right = axes.get_xlim()
    assert (left < right) == larger
    assert ("turned" in axes.get_xlabel()) != larger


def test_the_page_gets_every_cell_once(found: Findings) -> None:
    made = points(found)
    assert made["index"] == list(range(40))
    assert made["names"][3] == "cell <3>"
    assert made["places"][:2] == ["010", "110"]
    assert set(made["panels"]) == {"snip", "params", "zen", "plain"}
    assert all(len(one["places"]) == 40 for one in made["panels"].values())
    assert json.loads(gzip.decompress(base64.b64decode(packed(made)))) == json.loads(
        json.dumps(made)
    )
