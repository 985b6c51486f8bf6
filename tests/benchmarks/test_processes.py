"""Worker processes, from their first instruction on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from benchmarks.processes import Lost, Pool, _Deaf, completed


def test_ctrl_c_does_not_reach_a_worker_that_is_still_importing() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    with Pool(1, int) as executor:
        answer = executor.submit(os.getpid)
        (worker,) = executor._processes
        for _ in range(20):
            os.kill(worker, signal.SIGINT)
            time.sleep(0.05)
        assert answer.result() == worker
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before


@pytest.mark.parametrize(
    ("end", "argument", "said"),
    [
        (os._exit, 7, "exit code 7"),
        (signal.raise_signal, signal.SIGKILL, "SIGKILL, as where memory runs out"),
        (signal.raise_signal, signal.SIGABRT, "SIGABRT"),
        (signal.raise_signal, signal.SIGTERM, "SIGTERM"),
    ],
)
def test_what_ended_a_worker_is_said(end: Callable[[int], None], argument: int, said: str) -> None:
    """Of the others, which the pool ends itself, nothing."""
    with Pool(2, int) as executor:
        for both in [executor.submit(time.sleep, 0.5) for _ in range(2)]:
            both.result()
        executor.submit(time.sleep, 60)
        with pytest.raises(BrokenProcessPool):
            executor.submit(end, argument).result()
        assert executor.death() == said


def test_one_that_starts_while_another_dies_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executor = Pool(2, int)
    start = _Deaf.start

    def slow(process: _Deaf) -> None:
        start(process)
        time.sleep(1)

    executor.submit(os._exit, 7)
    monkeypatch.setattr(_Deaf, "start", slow)
    executor.submit(time.sleep, 60)
    said: list[str] = []
    ending = threading.Thread(target=lambda: said.append(executor.death()), daemon=True)
    ending.start()
    ending.join(30)
    assert said == ["exit code 7"]


def test_an_item_that_cannot_be_sent_is_raised() -> None:
    raised: list[Exception] = []

    def run() -> None:
        lost: Lost[object] = Lost()
        try:
            list(completed(lambda n: Pool(n, int), Pool.submit, [print, lambda: 1], 2, 4, lost))
        except Exception as error:
            raised.append(error)

    running = threading.Thread(target=run, daemon=True)
    running.start()
    running.join(60)
    assert "<lambda>" in str(raised[0])


GOES = """
import os
from benchmarks.processes import Pool
if __name__ == "__main__":
    Pool(2, int).submit(os.getpid)
    os._exit(3)
"""


def test_what_is_left_of_a_program_that_has_gone_says_nothing(tmp_path: Path) -> None:
    """A second Ctrl-C ends it while its workers start."""
    file = tmp_path / "goes.py"
    file.write_text(GOES)
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


@pytest.mark.parametrize("error", [EOFError(), FileNotFoundError(2, "none"), ValueError("odd")])
def test_a_worker_without_a_parent_says_nothing(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # as it was, when this has ended
    from benchmarks.orphans import told

    told(type(error), error, None)
    assert capsys.readouterr().err == ("ValueError: odd\n" if "odd" in str(error) else "")
