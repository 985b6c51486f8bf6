"""Commands of the harness in forks of one process that has imported it, with faults on the way."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import pytest

LIBRARY = "FAULTS_LIBRARY"


class Ended(NamedTuple):
    """How a command ended: its exit code, negative for a signal, and what it wrote.

    ``calls`` are those of the system on files of the folder that was watched, each with the file's
    name; none where the process was killed.
    """

    code: int
    said: str
    error: str
    calls: list[str]


class Forked:
    """A process that has imported the harness, and forks for each command."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder

    def __call__(
        self, argv: Sequence[str], watched: Path | None = None, fault: int = 0, dies: bool = False
    ) -> Ended:
        """Run a command; the call of this number on the watched folder fails, or kills it."""
        assert self._process.stdin
        assert self._process.stdout
        asked = {"argv": list(argv), "watched": str(watched or ""), "fault": fault, "dies": dies}
        self._process.stdin.write(json.dumps({**asked, "folder": str(self._folder)}) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        said, error, calls = (self._folder / name for name in ("said", "error", "calls"))
        seen = calls.read_text().splitlines() if code >= 0 else []
        return Ended(code, said.read_text(), error.read_text(), seen)


@contextmanager
def forked(folder: Path) -> Iterator[Forked]:
    """Yield what runs commands.

    Skips where there is no C compiler, or libraries cannot be preloaded.
    """
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("faults of the system need Linux and a C compiler, `cc`")
    library = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    built = [compiler, "-shared", "-fPIC", "-O1", str(source), "-o", str(library), "-ldl"]
    subprocess.run(built, check=True)
    argv = [sys.executable, "-m", __name__]
    changed = {"LD_PRELOAD": str(library), LIBRARY: str(library), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        argv,
        stdin=-1,
        stdout=-1,
        text=True,
        env=os.environ | changed,
        cwd=Path(__file__).parents[2],
    ) as process:
        yield Forked(process, folder)
        process.kill()


def serve(asked: IO[str]) -> None:
    """Answer each line, a command, with its exit code."""
    import harness.reporting.report
    import harness.runs.candidates
    import harness.scoring.flow
    import harness.searching.flow  # noqa: F401
    from harness.cli import main
    from proxies import load_all

    load_all()
    with tempfile.TemporaryDirectory() as folder:  # what is read once a process is read here
        few = ["score", "--benchmark=mini", "--cells=0", "--batch=8", "--workers=1"]
        main([*few, "--proxies=params,snip,random", f"--out={folder}/warm"])
    for line in asked:
        child = os.fork()
        if not child:
            _run(**json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _run(argv: list[str], watched: str, fault: int, dies: bool, folder: str) -> None:
    from harness.cli import main

    code = 70
    try:
        for number, name in enumerate(("said", "error"), 1):
            os.dup2(os.open(f"{folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        faults = ctypes.CDLL(os.environ[LIBRARY])
        faults.faults_seen.restype = ctypes.c_char_p
        faults.faults_watch((watched or "/nowhere/").encode(), fault, int(dies))
        code = main(argv)
        Path(folder, "calls").write_bytes(faults.faults_seen())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve(sys.stdin)
