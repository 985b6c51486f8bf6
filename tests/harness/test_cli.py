"""The command line, end to end on a small run: resuming, killing, refusing."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from harness.workers import resolve_device
from proxies import find, load_all

CELLS = "0,11,284,1651,1835,3000"
FILES = {
    "ceilings.csv",
    "combinations.parquet",
    "correlations.csv",
    "costs.csv",
    "differences.csv",
    "figures",
    "plan.json",
    "scores.parquet",
    "report.html",
    "scores.sqlite",
    "table.csv",
    "table.md",
    "table.tex",
}


def command(data: Path, out: Path, **changed: str) -> list[str]:
    options = {
        "benchmark": "nats-tss",
        "truth": str(data / "nb201_table.parquet"),
        "dataset": "cifar10",
        "images": str(data / "cifar10_subset.npz"),
        "batch": "8",
        "cells": CELLS,
        "proxies": "snip,nasi,naswot,params,live_params,random",
        "device": "cpu",
        "workers": "1",
        "out": str(out),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return ["run", *(f"--{name}={value}" for name, value in options.items())]


@pytest.fixture(scope="module")
def finished(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "first"
    assert main(command(data, out)) == 0
    return out


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "run"))


def scores(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "scores.parquet")


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
    assert {"correlations.png", "scores.png", "score_nasi.png", "score_nasi.svg"} <= names


def test_correlations_have_a_row_for_each_proxy_cell_set_and_statistic(finished: Path) -> None:
    frame = pd.read_csv(finished / "correlations.csv")
    named = ["proxy", "dataset", "split", "epochs", "cells", "statistic"]
    assert {*named, "value", "n", "undefined"} <= set(frame.columns)
    assert not frame.duplicated(named).any()
    assert set(frame["cells"]) == {"all", "classes", "top"}
    splits = frame.groupby("dataset")["split"].unique().map(list).to_dict()
    assert splits["cifar10"] == ["ori-test"]
    assert splits["ImageNet16-120"] == ["x-test"]  # transfer: the table has it too
    assert (frame["scored_on"] == "cifar10").all()
    frame = frame[frame["dataset"] == "cifar10"]
    naswot = frame.query("proxy == 'naswot' and cells == 'all'").set_index("statistic")
    assert naswot.loc["kendall", ["n", "undefined"]].tolist() == [5, 1]
    assert naswot.loc["kendall_undefined_worst", "n"] == 6


def test_params_belong_to_the_cell_and_live_params_to_its_class(data: Path, tmp_path: Path) -> None:
    dead_convolution = "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
    plain_skip = "|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|"
    listed = tmp_path / "cells.txt"
    listed.write_text(f"{dead_convolution}\n{plain_skip}\n")
    proxies = "params,flops,live_params,snip"
    assert main(command(data, tmp_path / "run", cells=f"@{listed}", proxies=proxies)) == 0
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
    monkeypatch.setattr("harness.workers.together", never)
    assert main(command(data, copied)) == 0
    pd.testing.assert_frame_equal(scores(copied), before)


def test_a_new_proxy_or_cell_is_added_and_the_rest_is_kept(data: Path, copied: Path) -> None:
    before = scores(copied).set_index(["index", "proxy"])["score"]
    more = "snip,nasi,naswot,params,live_params,random,synflow"
    assert main(command(data, copied, proxies=more, cells=f"{CELLS},77")) == 0
    after = scores(copied).set_index(["index", "proxy"])["score"]
    assert len(after) == 7 * 7
    pd.testing.assert_series_equal(after.loc[before.index], before)


def test_shards_give_the_same_numbers(data: Path, finished: Path, tmp_path: Path) -> None:
    parts = []
    for i in (1, 2):
        assert main(command(data, tmp_path / str(i), shard=f"{i}/2")) == 0
        parts.append(scores(tmp_path / str(i)))
    whole = pd.concat(parts).sort_values(["index", "proxy", "seed"], ignore_index=True)
    pd.testing.assert_frame_equal(whole, scores(finished))
    merged = tmp_path / "merged"
    shards = [str(tmp_path / i) for i in ("1", "2")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workers.together", None)  # nothing is left to compute
        assert main(["merge", *shards, "--out", str(merged)]) == 0
    pd.testing.assert_frame_equal(scores(merged), scores(finished))
    assert main(["report", "--out", str(merged)]) == 0


def test_runs_of_different_plans_do_not_merge(
    data: Path, finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert main(command(data, other, proxies="params")) == 0
    assert main(["merge", str(finished), str(other), "--out", str(tmp_path / "merged")]) == 2
    assert "has proxies `params`" in capsys.readouterr().err
    assert main(["merge", str(tmp_path / "none"), "--out", str(tmp_path / "merged")]) == 2


def test_noise_and_random_labels_score_every_proxy(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "agnostic"
    options = {"images": "noise", "labels": "random", "proxies": "all", "cells": "0,11"}
    assert main(command(data, out, **options)) == 0
    frame = scores(out)
    assert set(frame["proxy"]) == {proxy.name for proxy in find("all")}
    assert (frame["status"] == "ok").all()
    assert "Gaussian noise" in (out / "table.md").read_text()


def test_the_size_space_is_scored_too(data: Path, tmp_path: Path) -> None:
    truth = str(data / "NATS-sss-v1_0-50262-simple")
    options = {"benchmark": "nats-sss", "truth": truth, "cells": "all", "epochs": "90"}
    assert main(command(data, tmp_path / "sss", **options)) == 0
    assert set(scores(tmp_path / "sss")["arch"]) == {"8:8:8:8:8", "8:8:8:16:32", "8:8:40:32:40"}


DYING = """
import os, signal, sys
from harness.cli import main
from harness.scores import Store
moment, left, add = sys.argv[1], int(sys.argv[2]), Store.add
def dying(store, rows):
    global left
    left -= 1
    if left == 0 and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    add(store, rows)
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
Store.add = dying
main(sys.argv[3:])
"""
"""Kills its own process at the given block, just before or just after storing it."""


def test_a_kill_at_any_moment_loses_nothing(data: Path, finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    counts = []
    for moment, block in (("before", 1), ("after", 2), ("before", 3), ("after", 2)):
        argv = [sys.executable, "-c", DYING, moment, str(block), *command(data, out, workers="2")]
        assert subprocess.run(argv, capture_output=True, check=False).returncode == -signal.SIGKILL
        with closing(sqlite3.connect(out / "scores.sqlite")) as store:
            counts.append(store.execute("SELECT count(*) FROM scores").fetchone()[0])
    assert counts[0] == 0 < counts[1] < counts[2] < counts[3] < 36
    assert not (out / "scores.parquet").exists()
    assert main(command(data, out)) == 0
    pd.testing.assert_frame_equal(scores(out), scores(finished))


def test_workers_die_with_the_run(data: Path, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "harness.cli", *command(data, tmp_path / "run", workers="2")]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        process.kill()
        pytest.skip("this system does not list a process's children")
    workers: list[str] = []
    while process.poll() is None and len(workers) < 3:  # two workers and a resource tracker
        workers = children.read_text().split()
        time.sleep(0.02)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert workers
    assert not any(alive(pid) for pid in workers)


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


REFUSED = {
    "unknown proxy": ({"proxies": "snip,nassi"}, "Did you mean `nasi`"),
    "unknown dataset": ({"dataset": "cifar-10"}, "Did you mean `cifar10`"),
    "unknown split": ({"split": "ori_test"}, "Did you mean `ori-test`"),
    "split that is not there": ({"split": "x-valid"}, "no accuracy cifar10 / x-valid"),
    "unknown benchmark": ({"benchmark": "nats-ttss"}, "Did you mean `nats-tss`"),
    "wrong space": ({"benchmark": "nats-sss", "epochs": "200"}, "holds `|avg_pool_3x3~0|"),
    "missing truth": ({"truth": "nowhere"}, "no such file"),
    "wrong file type": ({"truth": __file__}, "ends in `.py`"),
    "missing images": ({"images": "nowhere"}, "which does not exist"),
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
    assert main(command(data, Path(settings.pop("out")), **settings)) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert says in written.err
    assert written.err.startswith("harness: ")
    assert written.err.count("\n") == 1


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


@pytest.mark.parametrize("limit", [10_000, 40_000, 60_000])
def test_a_full_disk_is_one_sentence_and_the_next_run_resumes(
    limit: int, data: Path, finished: Path, tmp_path: Path
) -> None:
    """No file may grow past the limit, so that the store, a table or a figure cannot be written."""
    out = tmp_path / "run"
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli", *command(data, out)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 2
    assert done.stderr.startswith("harness: ")
    assert done.stderr.count("\n") == 1
    assert main(command(data, out)) == 0
    pd.testing.assert_frame_equal(scores(out), scores(finished))


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


def test_a_failed_cell_is_recorded_counted_and_can_be_tried_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from harness.passes import loss as passes

    original = passes.agreement

    def failing(relus: list) -> object:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(passes, "agreement", failing)
    assert main(command(data, tmp_path / "run", cells="0,11,284")) == 0
    frame = scores(tmp_path / "run")
    assert set(frame.query("status == 'failed'")["proxy"]) == {"naswot"}
    assert "agreement pass: RuntimeError: out of luck" in set(frame["reason"])
    assert "| 0 | 3 |" in (tmp_path / "run" / "table.md").read_text()
    monkeypatch.setattr(passes, "agreement", original)
    assert main([*command(data, tmp_path / "run", cells="0,11,284"), "--retry-failed"]) == 0
    assert (scores(tmp_path / "run")["status"] == "ok").all()


def test_cuda_without_a_gpu_says_so_and_goes_on(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if resolve_device("auto")[0] != "cpu":
        pytest.skip("this machine has a GPU")
    assert main(command(data, tmp_path / "run", device="cuda", cells="0,11")) == 0
    assert "no GPU is usable" in capsys.readouterr().err


def test_import_converts_once(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = data / "NATS-tss-v1_0-3ffb9-simple", tmp_path / "table.parquet"
    assert main(["import", str(source), str(target)]) == 0
    assert "114 accuracies of 3 candidates" in capsys.readouterr().out
    assert main(command(data, tmp_path / "run", truth=str(target), cells="all")) == 0
    assert main(["import", str(source), str(tmp_path / "table.csv")]) == 2


def test_list_names_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    written = capsys.readouterr().out
    assert all(name in written for name in [*load_all(), "nats-tss", "ImageNet16-120"])
