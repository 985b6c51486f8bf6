"""Kills, full disks and failures: nothing that was stored is lost."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from harness.scoring.store import Score, Store
from tests.material.small_run import command, scores, scoring

pytestmark = pytest.mark.usefixtures("undrawn")

DYING = """
import os, signal, sys
from harness.cli import main
from harness.scoring.store import Score, Store
from harness.scoring.store import Store
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


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_nothing(data: Path, finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    counts = []
    for moment, block, workers in (("before", 1, 1), ("after", 2, 2)):
        run = scoring(data, out, workers=str(workers))
        argv = [sys.executable, "-c", DYING, moment, str(block), *run]
        assert subprocess.run(argv, capture_output=True, check=False).returncode == -signal.SIGKILL
        with closing(sqlite3.connect(out / "scores.sqlite")) as store:
            counts.append(store.execute("SELECT count(*) FROM scores").fetchone()[0])
    assert counts[0] == 0 < counts[1] < 36
    assert not (out / "scores.parquet").exists()
    assert main(scoring(data, out)) == 0
    pd.testing.assert_frame_equal(scores(out), scores(finished))


def test_workers_die_with_the_run(data: Path, tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "harness.cli", *scoring(data, tmp_path / "run", workers="2")]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    if not Path(f"/proc/{process.pid}/task/{process.pid}/children").exists():
        process.kill()
        pytest.skip("this system does not list a process's children")
    below: list[str] = []
    while process.poll() is None and len(below) < 4:  # a tracker, and two workers of a server
        below = descendants(str(process.pid))
        time.sleep(0.02)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in below) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(below) == 4
    assert not any(alive(pid) for pid in below)


def descendants(pid: str) -> list[str]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return children + [below for child in children for below in descendants(child)]


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_folder_that_is_renamed_away_is_said_or_kept(
    data: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the run notices or not, nothing is half there; it goes on where the folder is."""
    out, elsewhere = tmp_path / "run", tmp_path / "renamed"
    add = Store.add

    def renaming(store: Store, rows: Iterable[Score]) -> None:
        add(store, rows)
        if out.exists() and not elsewhere.exists():
            out.rename(elsewhere)

    monkeypatch.setattr(Store, "add", renaming)
    assert main(scoring(data, out)) in (0, 2)
    assert main(scoring(data, elsewhere)) == 0
    pd.testing.assert_frame_equal(scores(elsewhere), scores(finished))
    assert main(scoring(data, out)) == 0
    pd.testing.assert_frame_equal(scores(out), scores(finished))


@pytest.mark.parametrize("limit", [10_000, 60_000])
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
    assert main(scoring(data, out)) == 0
    pd.testing.assert_frame_equal(scores(out), scores(finished))


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
