"""Scoring on a real Dask scheduler, one of whose workers is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from harness.cli import main
from tests.material.new_process import forget
from tests.material.own_proxy import GOOD, written

pytest.importorskip("distributed")

pytestmark = pytest.mark.usefixtures("forgotten")

RUN = ["score", "--cells", "stratified:60", "--proxies", "snip,naswot,params,largest"]


def started(*command: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", *command]
    return subprocess.Popen(line, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True)


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            threading.Thread(target=process.stdout.read, daemon=True).start()  # keep it empty
            return line.split(words)[1].strip()
    raise AssertionError(f"it ended without saying `{words}`")


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A scheduler and two workers, each a process of its own, on the loopback address."""
    scheduler = started(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
    )
    workers: list[subprocess.Popen[str]] = []
    try:
        address = wait_for(scheduler, "Scheduler at:")
        one = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--host", "127.0.0.1")
        workers += [started("distributed.cli.dask_worker", address, *one) for _ in range(2)]
        for worker in workers:
            wait_for(worker, "Registered to:")
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.communicate()


def test_a_killed_worker_loses_nothing(
    cluster: tuple[str, list[subprocess.Popen[str]]], tmp_path: Path
) -> None:
    address, workers = cluster
    file = ["--proxy-file", str(written(tmp_path, GOOD))]
    assert main([*RUN, *file, "--workers", "1", "--out", str(tmp_path / "here")]) == 0
    forget()
    store = tmp_path / "there" / "scores.sqlite-wal"

    def kill_one() -> None:
        while not (store.exists() and store.stat().st_size > 60_000):  # some scores are there
            time.sleep(0.01)
        workers[0].send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    command = [*RUN, *file, "--scheduler", address, "--out", str(tmp_path / "there")]
    assert main(command) == 0
    killer.join(timeout=30)
    assert workers[0].wait(timeout=30) == -signal.SIGKILL
    frames = [pd.read_parquet(tmp_path / n / "scores.parquet") for n in ("here", "there")]
    assert (frames[0]["status"] == "ok").all()
    pd.testing.assert_frame_equal(*frames)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nope:nope:9"])
def test_no_scheduler_is_said(
    address: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("harness.scoring.cluster.SECONDS", 2)
    run = [word for word in RUN if word != "snip,naswot,params,largest"] + ["snip"]
    command = [*run, "--scheduler", address, "--out", str(tmp_path / "run")]
    assert main(command) == 2
    assert "does not answer as one" in capsys.readouterr().err
