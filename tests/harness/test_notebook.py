"""The functions for notebooks: their examples, and that they say what the command line says."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from torch import Tensor

import harness
from benchmarks.errors import BadInput
from harness import notebook
from harness.cli import main
from proxies import registry
from proxies.records import LossGradients
from tests.material.own_proxy import GOOD, written


def test_the_examples_are_right() -> None:
    assert doctest.testmod(notebook).failed == 0
    for name in harness.__all__:
        assert ">>>" in (getattr(harness, name).__doc__ or "")


def test_they_say_what_the_command_line_says(tmp_path: Path) -> None:
    names = "snip,params,live_params"
    options = ["--proxies", names, "--cells", "random:40", "--batch", "8", "--workers", "1"]
    assert main(["run", *options, "--out", str(tmp_path)]) == 0
    scores = harness.score(names, cells="random:40", batch=8)
    pd.testing.assert_frame_equal(scores, pd.read_parquet(tmp_path / "scores.parquet"))
    table = harness.judge(scores).set_index("proxy")
    printed = pd.read_csv(tmp_path / "table.csv").set_index("proxy")
    assert list(table.index) == list(printed.index)
    for column in ("kendall", "spearman", "kendall_low"):
        assert table[column].to_numpy() == pytest.approx(printed[column].to_numpy())


def test_a_folder_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = harness.score("snip", cells="0,7", batch=8, out=tmp_path)
    monkeypatch.setattr("harness.scoring.processes.score_group", None)  # nothing is left to do
    pd.testing.assert_frame_equal(harness.score("snip", cells="0,7", batch=8, out=tmp_path), first)


TYPED = """
@proxy(larger_is_better=False, source="this test")
def typed(loss: LossGradients) -> Tensor:
    return FACTOR * loss.grads[0].abs().sum()
"""


def test_a_formula_that_is_typed_is_scored_again_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session is a module without a file."""
    session = ModuleType("session")
    monkeypatch.setitem(sys.modules, "session", session)
    known = dict(registry.load_all())
    vars(session).update(proxy=registry.proxy, LossGradients=LossGradients, Tensor=Tensor)
    found = []
    try:
        for factor in ("1", "-2"):
            exec(TYPED.replace("FACTOR", factor), vars(session))
            for _ in range(2):
                scores = harness.score("typed", cells=[0, 7, 9], batch=8, out=tmp_path)
                found.append(scores["score"].to_numpy())
        with pytest.raises(BadInput, match="`typed` should be scored by one worker"):
            harness.score("typed", cells=[0, 7], batch=8, workers=2)
    finally:
        registry.PROXIES.clear()
        registry.PROXIES.update(known)
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_allclose(found[2], -2 * found[0])
    np.testing.assert_array_equal(found[2], found[3])


@pytest.mark.usefixtures("forgotten")
def test_a_file_is_known_as_the_command_line_knows_it(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    scores = harness.score("largest,params", proxy_file=file, cells="random:40", batch=8)
    assert set(scores["proxy"]) == {"largest", "params"}
    table = harness.judge(scores).set_index("proxy")
    assert table.loc["largest", "family"] == "zero-cost"


def test_a_frame_of_ones_own_is_judged() -> None:
    cells = harness.accuracies(cells="random:40")
    mine = pd.DataFrame({"index": cells["index"], "proxy": "mine", "score": cells["accuracy"]})
    mine.loc[0, "score"] = np.nan
    table = harness.judge(mine).set_index("proxy")
    assert table.loc["mine", "kendall_left_out"] == pytest.approx(1)
    assert table.loc["mine", "kendall"] < 1  # what has no score ranks worst
    assert table.loc["mine", "undefined"] == 1
    assert table.loc["mine", "family"] == "elsewhere"


@pytest.mark.parametrize("cells", [range(0, 8, 7), np.array([0, 7]), pd.Series([0, 7]), {0: 7}])
def test_cells_may_be_any_sequence(cells: object) -> None:
    if isinstance(cells, dict):
        with pytest.raises(BadInput, match="Argument --cells: should be"):
            harness.accuracies(cells=cells)
    else:
        assert harness.accuracies(cells=cells)["index"].tolist() == [0, 7]


def test_scores_see_what_images_and_labels_are_named() -> None:
    asked = {"benchmark": "nats-tss", "cells": "0,11", "batch": 8}
    noise = harness.score("snip", **asked, images="noise")
    random = harness.score("snip", **asked, images="noise", labels="random")
    other = harness.score("snip", **asked, images="noise", seeds=2)
    assert (noise["score"] != random["score"]).all()
    assert len(other) == 4
    pd.testing.assert_frame_equal(other[other["seed"] == 0].reset_index(drop=True), noise)


def test_the_accuracy_is_the_one_that_is_named() -> None:
    asked = {"benchmark": "nats-tss", "images": "noise"}
    test = harness.accuracies(**asked)
    short = harness.accuracies(**asked, epochs=12, split="x-valid", dataset="cifar10-valid")
    single = harness.accuracies(**asked, accuracy_seed=777, split="x-valid", dataset="cifar100")
    for found in (short, single):
        assert len(found) == 15625
        assert (found["accuracy"] != test["accuracy"]).mean() > 0.99
    scores = test.iloc[::30].assign(proxy="truth", score=test["accuracy"])
    whole = harness.judge(scores, **asked, oneshot="spos").set_index("proxy")  # trained elsewhere
    other = harness.judge(scores, **asked, dataset="cifar100").set_index("proxy")
    assert whole.loc["truth", "kendall"] == pytest.approx(1)
    assert 0.7 < other.loc["truth", "kendall"] < 0.95


@pytest.mark.parametrize(
    "figure",
    ["counting", "correlations", "similarity", "favourites", "scores", "score_snip", "cost"],
)
def test_every_figure_can_be_drawn(figure: str) -> None:
    table = harness.accuracies(cells="random:40")
    parts = [
        table.assign(proxy=name, score=table["accuracy"] * sign)
        for name, sign in (("snip", 1.0), ("plain", -1.0), ("params", 1.0))
    ]
    if figure == "cost":  # a frame has no seconds
        with pytest.raises(BadInput, match="A figure should be one of counting, correlations"):
            harness.plot(pd.concat(parts), figure)
    else:
        assert harness.plot(pd.concat(parts), figure).axes


FRAME = pd.DataFrame({"index": [0, 7], "proxy": "mine", "score": [1.0, 2.0]})


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (FRAME.drop(columns="proxy"), "Found index, score."),
        (pd.concat([FRAME, FRAME[["score"]]], axis=1), "Found index, proxy, score, score."),
        (FRAME.assign(proxy=[["mine"], "mine"]), "`proxy` should be a name. Found `['mine']`."),
        (FRAME.assign(seed=[["0"], 1]), "`seed` should be a whole number. Found `['0']` of mine."),
        (FRAME.assign(seed=[0, None]), "`seed` should be a whole number. Found `nan` of mine."),
        (FRAME.assign(index=[10**400, 7]), "indices are 0 to 599. Found `1000"),
        (FRAME.assign(score=[1j, 2]), "`score` should be a number, or missing. Found `1j`"),
        (FRAME.assign(score=pd.to_datetime(["2020-01-01"] * 2)), "`score` should be a number"),
        (FRAME.assign(index=0, seed=[0, "0"]), "Two are of proxy mine, index 0, seed 0"),
        (FRAME.iloc[:0], "Found none."),
        (
            FRAME.assign(score=["x", 1]),
            "a number, or missing. Found `x` of mine.",
        ),
        (FRAME.assign(score=[[1], 2]), "`score` should be a number"),
        (FRAME.assign(proxy=[1, 2]), "`proxy` should be a name. Found `1`."),
        (FRAME.assign(index=["zero", 7]), "indices are 0 to 599. Found `zero`"),
        (FRAME.assign(index=[0, 600]), "indices are 0 to 599. Found `600`"),
        (FRAME.assign(index=[0, 0.5]), "indices are 0 to 599. Found `0.5`"),
        (FRAME.assign(index=[0, None]), "indices are 0 to 599. Found `nan`"),
        (FRAME.assign(arch=["a", "b"]), "index 0 is another than `a`"),
        (
            FRAME.assign(index=0),
            "each of proxy, index, seed. Two are of proxy mine, index 0, seed 0.",
        ),
        (FRAME.assign(seed=[0, 0.5]), "Found `0.5` of mine."),
        (FRAME.assign(index=0, seed=1), "Two are of proxy mine, index 0, seed 1"),
    ],
)
def test_a_frame_that_is_none_is_refused(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(BadInput, match=re.escape(said)):
        harness.judge(frame)


def test_numbers_that_are_written_are_numbers() -> None:
    """As a frame of a CSV file has them."""
    mine = harness.accuracies(cells="random:40").assign(proxy="mine")
    mine["score"] = mine["accuracy"] * 2
    pd.testing.assert_frame_equal(harness.judge(mine.astype(str)), harness.judge(mine))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: harness.score("snip", cels="0"), "no setting `cels`. Did you mean `cells`"),
        (lambda: harness.accuracies(benchmark="minni"), "Did you mean `mini`"),
        (
            lambda: harness.score("params", labels="fake"),
            "Argument --labels: invalid choice: 'fake'",
        ),
        (lambda: harness.score("params", seeds=0), "Argument --seeds: should be a whole number"),
        (lambda: harness.score("params", batch=1.5), "Argument --batch: should be a whole number"),
        (lambda: harness.score("params", workers=2, retry="yes"), "There is no setting `retry`"),
        (lambda: harness.score("params", proxy_file="no.py"), "There is no such file or folder"),
        (lambda: harness.score("parms"), "Did you mean `params`"),
        (lambda: harness.score("params", workers=0), "Argument --workers: should be a whole"),
        (lambda: harness.score("params", workers="x"), "Argument --workers: should be a whole"),
        (lambda: harness.score("params", time_limit=-1), "Argument --time-limit: should be"),
        (lambda: harness.score("params", time_limit=float("nan")), "Argument --time-limit: should"),
        (lambda: harness.score("params", retry_failed="yes"), "Argument --retry-failed: ignored"),
        (lambda: harness.search("randm", budget="9"), "Did you mean `random`"),
        (lambda: harness.search("random", budget="9", workers=1.5), "Argument --workers: should"),
        (lambda: harness.search("random", budget=[9]), "should be"),
        (lambda: harness.atlas(5), "A benchmark should be one of"),  # type: ignore[arg-type]
        (lambda: harness.atlas("mini", 5), "should be scored on"),  # type: ignore[arg-type]
        (lambda: harness.judge(None), "Scores should be a data frame. Found NoneType."),  # type: ignore[arg-type]
        (
            lambda: harness.plot(harness.score("params", cells=range(2)), 5),  # type: ignore[arg-type]
            "Found `5`",
        ),
        (
            lambda: harness.plot(harness.score("params", cells="0,7"), "corelations"),
            "Did you mean `correlations`",
        ),
    ],
)
def test_bad_input_is_said(call: object, said: str) -> None:
    with pytest.raises(BadInput, match=said.replace(".", r"\.")):
        call()  # type: ignore[operator]
