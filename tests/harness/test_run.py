"""A run from end to end: what it leaves, what it adds, what it need not do again."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from proxies import find
from tests.material.small_run import CELLS, command, scores, scoring

pytestmark = pytest.mark.usefixtures("undrawn")

FILES = {
    "ceilings.csv",
    "combinations.parquet",
    "correlations.csv",
    "costs.csv",
    "differences.csv",
    "figures",
    "leaderboard.csv",
    "plan.json",
    "scores.parquet",
    "report.html",
    "report.json",
    "scores.sqlite",
    "unchanged.json",
    "summary.txt",
    "table.csv",
    "table.md",
    "table.tex",
    "table_full.tex",
}


def test_a_run_leaves_what_the_design_lists(finished: Path) -> None:
    assert {path.name for path in finished.iterdir()} == FILES
    frame = scores(finished)
    assert list(frame["index"].unique()) == [0, 11, 284, 1651, 1835, 3000]
    assert set(frame.columns) >= {"index", "arch", "proxy", "seed", "score", "status"}
    assert len(frame) == 6 * 6
    plan = json.loads((finished / "plan.json").read_text())
    assert plan["settings"]["epochs"] == 200
    assert plan["provenance"]["versions"]["torch"]
    names = {path.name for path in (finished / "figures").iterdir()}
    assert {"correlations.png", "correlations.svg", "favourites.png", "scores.png"} <= names
    assert "scores.svg" not in names


def test_correlations_have_a_row_for_each_proxy_cell_set_and_statistic(finished: Path) -> None:
    frame = pd.read_csv(finished / "correlations.csv")
    named = ["proxy", "dataset", "split", "epochs", "cells", "statistic", "k"]
    assert {*named, "value", "n", "undefined"} <= set(frame.columns)
    assert not frame.duplicated(named).any()
    assert set(frame["cells"]) == {"all", "classes", "top"}
    splits = frame.groupby("dataset")["split"].unique().map(list).to_dict()
    assert splits["cifar10"] == ["ori-test"]
    assert splits["ImageNet16-120"] == ["x-test"]  # transfer: the table has it too
    assert (frame["scored_on"] == "cifar10").all()
    frame = frame[frame["dataset"] == "cifar10"]
    naswot = frame.query("proxy == 'naswot' and cells == 'all'").set_index("statistic")
    assert naswot.loc["kendall_left_out", ["n", "undefined"]].tolist() == [5, 1]
    assert naswot.loc["kendall", "n"] == 6


def test_params_belong_to_the_cell_and_live_params_to_its_class(data: Path, tmp_path: Path) -> None:
    dead_convolution = "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
    plain_skip = "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
    listed = tmp_path / "cells.txt"
    listed.write_text(f"{dead_convolution}\n{plain_skip}\n")
    proxies = "params,flops,live_params,snip"
    assert main(scoring(data, tmp_path / "run", cells=f"@{listed}", proxies=proxies)) == 0
    wide = scores(tmp_path / "run").pivot(index="arch", columns="proxy", values="score")
    one, other = wide.loc[dead_convolution], wide.loc[plain_skip]
    assert one["params"] - other["params"] == 243_040
    assert one["flops"] - other["flops"] == 35_389_440
    assert one["live_params"] == other["live_params"]
    assert one["snip"] == other["snip"]


def test_the_same_command_again_computes_nothing(
    data: Path, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("scored again")

    before = scores(copied)
    monkeypatch.setattr("harness.scoring.processes.score_group", never)
    assert main(command(data, copied)) == 0
    pd.testing.assert_frame_equal(scores(copied), before)


def test_a_new_proxy_or_cell_is_added_and_the_rest_is_kept(data: Path, copied: Path) -> None:
    before = scores(copied).set_index(["index", "proxy"])["score"]
    more = "snip,nasi,naswot,params,live_params,random,synflow"
    assert main(scoring(data, copied, proxies=more, cells=f"{CELLS},77")) == 0
    after = scores(copied).set_index(["index", "proxy"])["score"]
    assert len(after) == 7 * 7
    pd.testing.assert_series_equal(after.loc[before.index], before)


def test_shards_give_the_same_numbers(data: Path, finished: Path, tmp_path: Path) -> None:
    parts = []
    for i in (1, 2):
        assert main(scoring(data, tmp_path / str(i), shard=f"{i}/2")) == 0
        parts.append(scores(tmp_path / str(i)))
    whole = pd.concat(parts).sort_values(["index", "proxy", "seed"], ignore_index=True)
    pd.testing.assert_frame_equal(whole, scores(finished))
    merged = tmp_path / "merged"
    shards = [str(tmp_path / i) for i in ("1", "2")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.scoring.processes.score_group", None)  # nothing is left to compute
        assert main(["merge", *shards, "--out", str(merged)]) == 0
    pd.testing.assert_frame_equal(scores(merged), scores(finished))
    assert main(["report", "--out", str(merged)]) == 0


def test_candidates_side_by_side_give_the_same_numbers(
    data: Path, finished: Path, tmp_path: Path
) -> None:
    stacked = tmp_path / "1"
    assert main(scoring(data, stacked, stack="4", workers="2", shard="1/2")) == 0
    assert json.loads((stacked / "plan.json").read_text())["settings"]["stack"] == 4
    alone = tmp_path / "2"
    assert main(scoring(data, alone, shard="2/2")) == 0
    merged = tmp_path / "merged"
    assert main(["merge", str(stacked), str(alone), "--out", str(merged)]) == 0
    pd.testing.assert_frame_equal(scores(merged), scores(finished), rtol=1e-4)


def test_noise_and_random_labels_score_every_proxy(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "agnostic"
    options = {"images": "noise", "labels": "random", "proxies": "all", "cells": "11"}
    assert main(command(data, out, **options)) == 0
    frame = scores(out)
    assert set(frame["proxy"]) == {proxy.name for proxy in find("all")}
    undefined = set(frame.loc[frame["status"] != "ok", "proxy"])
    assert undefined <= {"epsinas"}  # cell 11 has no path free of convolutions
    assert "Gaussian noise" in (out / "table.md").read_text()


def test_the_size_space_is_scored_too(data: Path, tmp_path: Path) -> None:
    truth = str(data / "NATS-sss-v1_0-50262-simple")
    options = {"benchmark": "nats-sss", "truth": truth, "cells": "all", "epochs": "90"}
    assert main(scoring(data, tmp_path / "sss", **options)) == 0
    assert set(scores(tmp_path / "sss")["arch"]) == {"8:8:8:8:8", "8:8:8:16:32", "8:8:40:32:40"}
