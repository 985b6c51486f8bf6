"""Standard streams of any kind, and Ctrl-C at any moment: one sentence, never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.printable import brief, encodable, printable, reason
from benchmarks.streams import interruptible
from harness.cli import main
from tests.material.refusals import refused

ROOT = Path(__file__).parents[2]

WRONG = ["run", "--benchmark", "mini—¶", "--out", "none"]


def ended(*argv: str, **named: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "harness.cli", *argv]
    kinds = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | named
    return subprocess.run(command, cwd=ROOT, check=False, **kinds)  # type: ignore[call-overload,no-any-return]


def test_what_an_encoding_lacks_is_written_out() -> None:
    encoding = "ascii"
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    shown = ended("atlas", "--benchmark", "mini", "--proxies", "params", env=environment)
    assert shown.returncode == 0, shown.stderr
    assert r"| proxy | \u03c4-b digits |" in shown.stdout.decode(encoding)
    wrong = ended(*WRONG, env=environment)
    assert wrong.returncode == 2
    said = wrong.stderr.decode(encoding)
    assert "`mini" in said
    assert said.count("\n") == 1


def test_a_reader_that_leaves_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = ended("list", stdout=writing)
    os.close(writing)
    assert done.returncode == 0
    assert done.stderr == b""


def test_a_program_may_have_no_streams() -> None:
    closing = "import os, sys; os.close(1); os.close(2); os.execv(sys.executable, sys.argv[1:])"
    for argv, code in ((["list"], 0), (WRONG, 2)):
        command = [sys.executable, "-c", closing, sys.executable, "-m", "harness.cli", *argv]
        assert subprocess.run(command, cwd=ROOT, check=False).returncode == code


BEGUN = """
import signal, sys
from harness.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in the background
print(flush=True)
sys.exit(main())
"""


@pytest.mark.parametrize(("after", "times"), [(0.05, 1), (0.4, 1), (1.0, 1), (0.3, 3)])
def test_ctrl_c_while_libraries_are_imported_is_one_sentence(
    after: float, times: int, tmp_path: Path
) -> None:
    """A library that is interrupted in the middle may raise anything."""
    argv = ["run", "--cells", "stratified:40", "--workers", "1", "--out", str(tmp_path / "run")]
    command = [sys.executable, "-c", BEGUN, *argv]
    with subprocess.Popen(command, cwd=ROOT, stdout=-1, stderr=-1, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        for _ in range(times):
            time.sleep(after)
            process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode in (130, -signal.SIGINT), said  # to a shell, 130 is both
    assert [line for line in said.splitlines() if "scoring" not in line] == [
        "harness: stopped; the same command goes on from what is stored."
    ]


STUBBORN = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
except BaseException:
    os.abort()
"""


def test_ctrl_c_never_passes_through_a_library_that_is_imported(tmp_path: Path) -> None:
    """An exception that reaches C++ where none may aborts the program."""
    (tmp_path / "stubborn.py").write_text(STUBBORN, encoding="utf-8")
    argv = ["run", "--proxy-file", str(tmp_path / "stubborn.py"), "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", BEGUN, *argv], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 128 + signal.SIGINT, done.stderr
    assert done.stderr == "harness: stopped; the same command goes on from what is stored.\n"


class Freed:
    """What calls a function while it is freed: Python drops what that raises."""

    def __init__(self, called: Callable[[], object]) -> None:
        self.called = called

    def __del__(self) -> None:
        self.called()


@pytest.fixture
def in_front() -> Iterator[None]:
    """What is started in the background ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_front")
def test_ctrl_c_while_an_object_is_freed_is_not_lost() -> None:
    held = [Freed(lambda: os.kill(os.getpid(), signal.SIGINT))]

    def freeing() -> None:
        held.clear()
        time.sleep(60)

    with interruptible(False) as pressed, pytest.raises(KeyboardInterrupt):
        freeing()
    assert pressed == [signal.SIGINT]


@pytest.mark.usefixtures("in_front")
def test_what_else_is_raised_while_an_object_is_freed_is_told_as_ever() -> None:
    seen: list[type[BaseException]] = []
    before, sys.unraisablehook = sys.unraisablehook, lambda lost: seen.append(lost.exc_type)
    try:
        with interruptible(False):
            held = [Freed(lambda: 1 / 0)]
            held.clear()
    finally:
        sys.unraisablehook = before
    assert seen == [ZeroDivisionError]


def test_no_memory_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("harness.scoring.flow.frozen_inputs", full)
    argv = ["score", "--cells", "0", "--proxies", "params", "--out", str(tmp_path / "run")]
    assert "there should be memory enough" in refused(argv, capsys)


def test_another_run_in_the_folder_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["score", "--cells", "0", "--proxies", "params", "--out", str(tmp_path)]
    assert main(argv) == 0
    holding = (
        "import fcntl, sys, time\nfile = open(sys.argv[1], 'ab')\n"
        "fcntl.flock(file, fcntl.LOCK_EX)\nprint(flush=True)\ntime.sleep(60)"
    )
    command = [sys.executable, "-c", holding, str(tmp_path / "scores.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        assert "Another is writing it" in refused([*argv, "--seeds", "2"], capsys)
        other.kill()


class Unprintable(Exception):
    def __str__(self) -> str:
        raise SystemExit(4)


def test_text_from_elsewhere_is_one_printable_line() -> None:
    assert printable("a\nb\t\x1b[2J\udc80c") == r"a b \x1b[2J\udc80c"
    assert len(printable("x" * 10**6)) <= 80
    assert reason(ValueError("first.\nsecond")) == "first"
    assert brief(KeyError("x")) == "KeyError: 'x'"
    assert brief(Unprintable()) == "Unprintable: what it says cannot be printed (Unprintable)"
    assert encodable("a\ud800ü") == "a\\ud800ü"
    assert encodable("ü", "ascii") == r"\xfc"
