"""One-shot predictors in a run: in the same tables, resumed after a kill, refused where wrong."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.cli import main
from harness.oneshot import flow, training, work
from harness.oneshot.samplers.predictors import PREDICTORS
from tests.material.refusals import refused
from tests.material.small_run import scores
from tests.material.supernets import command, npz

pytestmark = pytest.mark.usefixtures("undrawn")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return npz(tmp_path_factory.mktemp("images") / "few.npz", count=320)


@pytest.fixture(scope="module")
def whole(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "whole"
    assert main(command(images, out)) == 0
    return out


def ours(out: Path) -> pd.DataFrame:
    rows = scores(out)
    kept = rows[rows["proxy"].isin(PREDICTORS)]
    return kept.reset_index(drop=True)


def test_they_stand_in_the_same_tables_with_their_cost(whole: Path) -> None:
    rows = ours(whole)
    assert rows.groupby(["proxy", "seed"]).size().to_dict() == {
        (name, seed): 12 for name in ("spos", "magic_at") for seed in (0, 1)
    }
    assert set(rows["status"]) == {"ok"}
    assert rows["score"].between(0, 100).all()
    table = (whole / "table.md").read_text()
    assert "| spos ¶ |" in table
    assert "¶ is accuracy with weights inherited from supernets, mean over them" in table
    costs = pd.read_csv(whole / "costs.csv").set_index("proxy")
    assert set(costs.index) == {"params", "live_params", "spos", "magic_at"}
    assert costs.loc["spos", "n"] == 24
    correlations = pd.read_csv(whole / "correlations.csv")
    families = correlations.set_index("proxy")["family"].to_dict()
    assert families["magic_at"] == "one-shot"
    means = rows.groupby(["proxy", "index"])["score"].mean()
    assert means.nunique() > 1


def test_one_supernet_at_a_time_stands_beside_the_parameters(whole: Path) -> None:
    rows = pd.read_csv(whole / "supernets.csv")
    assert set(rows["predictor"]) == {"spos", "magic_at", "params"}
    assert set(rows["cells"]) == {"all", "top"}
    gaps = pd.read_csv(whole / "supernet_differences.csv")
    assert len(gaps) == 2 * 3
    assert "One supernet at a time, mean over 2:" in (whole / "table.md").read_text()


def test_the_same_command_computes_nothing(
    images: Path, whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ours(whole)

    def never(*_: object) -> None:
        raise AssertionError("nothing is left to do")

    monkeypatch.setattr(work, "work", never)
    assert main(command(images, whole)) == 0
    pd.testing.assert_frame_equal(ours(whole), before)


@pytest.mark.parametrize(
    ("after", "workers"), [(1, 2), (5, 1)], ids=["in training", "while children are scored"]
)
def test_a_killed_run_ends_with_the_same_numbers(
    after: int,
    workers: int,
    images: Path,
    whole: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(flow, "SOME", 5)
        done, jobs = work.work, iter(range(after))

        def killed(job: work.Job) -> list:
            if next(jobs, None) is None:
                raise KeyboardInterrupt
            return done(job)

        patch.setattr(work, "work", killed)
        assert main(command(images, tmp_path / "run", "score")) == 130
    assert "the same command goes on" in capsys.readouterr().err
    assert main(command(images, tmp_path / "run", "score", workers=str(workers))) == 0
    pd.testing.assert_frame_equal(ours(tmp_path / "run"), ours(whole))


def test_a_report_of_an_unfinished_run_says_so(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = scores(whole)
    (tmp_path / "plan.json").write_text((whole / "plan.json").read_text())
    rows[rows["proxy"] != "spos"].to_parquet(tmp_path / "scores.parquet")
    assert main(["report", "--out", str(tmp_path)]) == 2
    assert "should hold scores of spos, magic_at" in capsys.readouterr().err


def test_a_diverged_supernet_is_failed_and_the_rest_goes_on(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, settings = tmp_path / "run", {"oneshot": "spos", "supernet_seeds": "1"}
    with monkeypatch.context() as patch:
        pulled, steps = training._pulled, count(1)
        patch.setattr(training, "_pulled", lambda *given: next(steps) != 3 and pulled(*given))
        assert main(command(images, out, **settings)) == 0
    failed = ours(out)
    assert set(failed["status"]) == {"failed"}
    assert set(failed["reason"]) == {"training diverged at step 3 of 5"}
    assert "| *params* |" in (out / "table.md").read_text()
    again = command(images, out, "score", **settings)
    assert main(again) == 0
    assert set(ours(out)["status"]) == {"failed"}
    assert main([*again, "--retry-failed"]) == 0
    assert set(ours(out)["status"]) == {"ok"}


def test_scores_of_another_sampler_are_stale(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "baseline.json"
    assert main(["baseline", str(whole), str(baseline)]) == 0
    compare = ["compare", str(whole), "--baseline", str(baseline)]
    capsys.readouterr()
    assert main(compare) == 0
    assert "stale" not in capsys.readouterr().out
    monkeypatch.setattr(flow, "made_by", lambda *_: "of other sources")
    assert main(compare) == 1
    said = capsys.readouterr().out
    assert "**magic_at** stale" in said
    assert "**spos** stale" in said
    assert "**params** stale" not in said


def test_more_seeds_leave_what_is_there(images: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert main(command(images, out, oneshot="spos", supernet_seeds="1")) == 0
    first = ours(whole)
    wanted = first[(first["proxy"] == "spos") & (first["seed"] == 0)]
    pd.testing.assert_frame_equal(ours(out), wanted.reset_index(drop=True))
    assert np.isnan(pd.read_csv(out / "supernets.csv")["supernets_low"]).all()


REFUSED = {
    "unknown": ({"oneshot": "magic"}, "should be one of all, spos"),
    "near miss": ({"oneshot": "spos,fairnass"}, "Did you mean `fairnas`"),
    "noise": ({"images": "noise"}, "Found `--images noise`"),
    "random labels": ({"labels": "random"}, "Found `--labels random`"),
    "too few cells": ({"cells": "random:4"}, "at least 10 cells to rank"),
    "size space": (
        {"benchmark": "nats-sss", "truth": "built-in"},
        "nats-sss has none",
    ),
    "none": ({"oneshot": ","}, "should name one of all, spos"),
    "no images": (
        {"benchmark": "nats-tss", "images": ""},
        "as a supernet is trained on them: those of the dataset, or leave out `--oneshot`",
    ),
    "too few epochs": ({"supernet_epochs": "0"}, "at least 1"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_one_sentence(
    name: str, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed, says = REFUSED[name]
    assert says in refused(command(images, tmp_path / "run", **changed), capsys)


def test_images_that_do_not_fit_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few, large = npz(tmp_path / "few.npz", 200), npz(tmp_path / "large.npz", pixels=16)
    assert main(command(few, tmp_path / "run", "score", batch="20")) == 2
    assert "at least 250 images to train a supernet on" in capsys.readouterr().err
    assert main(command(large, tmp_path / "run", "score")) == 2
    assert "Images of digits should be uint8 (n, 12, 12, 3)" in capsys.readouterr().err
