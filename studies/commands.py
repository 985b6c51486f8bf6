"""What ``speed.py`` measures of whole commands: the processor seconds of a first report."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).parents[1]


def scored_whole() -> Path:
    """Score the embedded benchmark; return the run folder, which has no report yet."""
    out = Path(tempfile.mkdtemp()) / "run"
    _ended([sys.executable, "-m", "harness.cli", "score", "--benchmark=mini", f"--out={out}"])
    return out


def report_alone(scored: Path) -> float:
    """Return processor seconds of a first report, the start of the process in it."""
    out = scored.with_name("report")
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(scored, out)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _ended([sys.executable, "-m", "harness.cli", "report", f"--out={out}"])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _ended(command: list[str]) -> None:
    subprocess.run(command, cwd=HOME, check=True, capture_output=True)
