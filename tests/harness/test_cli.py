"""What the command line answers: one sentence for bad input, names, conversions."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from harness.runs.devices import resolve_device
from harness.runs.plan import Plan
from proxies import load_all
from tests.material.refusals import refused
from tests.material.small_run import command, scores, scoring

pytestmark = pytest.mark.usefixtures("undrawn")


def test_runs_of_different_plans_do_not_merge(
    data: Path, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert main(scoring(data, other, proxies="params")) == 0
    assert main(["merge", str(finished), str(other), "--out", str(tmp_path / "merged")]) == 2
    assert "has proxies `params`" in capsys.readouterr().err
    assert main(["merge", str(tmp_path / "none"), "--out", str(tmp_path / "merged")]) == 2


REFUSED = {
    "unknown proxy": ({"proxies": "snip,nassi"}, "Did you mean `nasi`"),
    "unknown dataset": ({"dataset": "cifar-10"}, "Did you mean `cifar10`"),
    "unknown split": ({"split": "ori_test"}, "Did you mean `ori-test`"),
    "split that is not there": ({"split": "x-valid"}, "no accuracy cifar10 / x-valid"),
    "unknown benchmark": ({"benchmark": "nats-ttss"}, "Did you mean `nats-tss`"),
    "wrong space": ({"benchmark": "nats-sss", "epochs": "200"}, "holds `|avg_pool_3x3~0|"),
    "missing truth": ({"truth": "nowhere"}, "no such file"),
    "wrong file type": ({"truth": __file__}, "ends in `.py`"),
    "missing images": ({"images": "nowhere"}, "There is no such file or folder"),
    "images of another dataset": ({"dataset": "cifar100"}, "all 100 classes"),
    "zero cells": ({"cells": "random:0"}, "at least one candidate"),
    "no such cell": ({"cells": "99999"}, "Found `99999`"),
    "too large a batch": ({"batch": "5000"}, "at most the 2000 training images"),
    "batch of one": ({"batch": "1"}, "at least 2"),
    "not a number": ({"seeds": "x"}, "whole number"),
    "bad shard": ({"shard": "3/2"}, "1 <= i <= n"),
    "bad device": ({"device": "gpu"}, "should be auto, cpu"),
    "bad labels": ({"labels": "none"}, "invalid choice"),
    "folder that cannot be made": ({"out": "/proc/harness"}, "No such file"),
    "device without a number": ({"device": "cuda:"}, "should be auto, cpu"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_one_sentence_and_exit_code_2(
    name: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed, says = REFUSED[name]
    settings = {"out": str(tmp_path / "run")} | changed
    assert says in refused(command(data, Path(settings.pop("out")), **settings), capsys)


def test_a_read_only_folder_is_refused(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The system's answer is imitated: to root, whom tests may run as, no folder is read-only."""

    def refuse(self: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert main(command(data, tmp_path / "run")) == 2
    written = capsys.readouterr().err
    assert "Permission denied" in written
    assert written.count("\n") == 1


def test_a_folder_with_another_plan_is_refused_and_kept(
    data: Path, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = scores(copied), (copied / "plan.json").read_text()
    assert main(command(data, copied, batch="16")) == 2
    assert "batch is `8` there and `16` now" in capsys.readouterr().err
    pd.testing.assert_frame_equal(scores(copied), before[0])
    assert (copied / "plan.json").read_text() == before[1]


def test_an_image_folder_without_the_dataset_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(data, tmp_path / "run", images=str(tmp_path))) == 2
    assert "official batches of cifar10" in capsys.readouterr().err


def test_a_truncated_archive_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(data / "NATS-tss-v1_0-3ffb9-simple", tmp_path / "archive"))
    record = folder / "000011.pickle.pbz2"
    record.chmod(0o600)
    record.write_bytes(record.read_bytes()[:999])
    assert main(command(data, tmp_path / "run", truth=str(folder))) == 2
    assert "truncated" in capsys.readouterr().err


def test_a_report_needs_a_finished_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--out", str(tmp_path)]) == 2
    assert "no such" not in capsys.readouterr().err.lower()
    assert main(["report"]) == 2
    assert "--out" in capsys.readouterr().err


def test_report_takes_its_folder_as_compare_does(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(copied)]) == 0
    printed = capsys.readouterr().out
    assert printed == (copied / "table.md").read_text("utf-8")
    assert main(["report", "--out", str(copied)]) == 0
    assert capsys.readouterr().out == printed
    assert main(["report", str(copied), "--out", str(copied)]) == 2
    assert "not allowed with" in capsys.readouterr().err


def test_a_terminal_gets_five_rows_and_the_path(
    copied: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["report", str(copied)]) == 0
    printed = capsys.readouterr().out
    copied_plan = Plan.read(copied / "plan.json")[0]
    again = command(Path(copied_plan.truth).parent, copied)
    assert main(again) == 0  # a run ends likewise
    assert capsys.readouterr().out == printed
    *rows, few, path = printed.splitlines()
    assert path == str(copied / "report.html")
    assert "fewer than 30" in few
    headings = ["proxy", "τ-b", "over counting", "place", "regret", "cost", "undefined"]
    assert re.split("  +", rows[0].strip()) == headings
    assert len(rows) == 7
    assert rows[-1] == "... and 1 more"
    assert len({len(row) for row in rows[:-1]}) == 1


def test_a_run_begins_with_what_it_will_do(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said: list[str] = []
    monkeypatch.setattr("harness.scoring.flow.said", said.append)
    for _ in range(2):
        assert main(command(data, tmp_path, proxies="params,snip", cells="0,11")) == 0
        (tmp_path / "unchanged.json").unlink()
    first, again = said
    what = "2 proxies on 2 cells of nats-tss (cifar10)"
    assert first == (
        f"harness: scoring {what}: 2 networks to run on cpu by 1 process, kept in {tmp_path}; "
        "the same command resumes."
    )
    assert again == f"harness: {what}: all scores are in {tmp_path} already."


@pytest.mark.parametrize("words", [["run", "--bench", "mini"], ["report", "--ou", "x"]])
def test_no_option_is_abbreviated(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_bare_command_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "COMMAND" in capsys.readouterr().out


def test_cuda_without_a_gpu_says_so_and_goes_on(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if resolve_device("auto")[0] != "cpu":
        pytest.skip("this machine has a GPU")
    assert main(scoring(data, tmp_path / "run", device="cuda", cells="0,11")) == 0
    assert "no GPU is usable" in capsys.readouterr().err


def test_import_converts_once(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = data / "NATS-tss-v1_0-3ffb9-simple", tmp_path / "table.parquet"
    assert main(["import", str(source), str(target)]) == 0
    assert "165 accuracies of 3 candidates" in capsys.readouterr().out
    assert main(scoring(data, tmp_path / "run", truth=str(target), cells="all")) == 0
    assert main(["import", str(source), str(tmp_path / "table.csv")]) == 2


def test_list_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    written = capsys.readouterr().out
    assert all(name in written for name in [*load_all(), "nats-tss", "ImageNet16-120"])
