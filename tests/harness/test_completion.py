"""A shell's questions are answered: options, commands, and names inside lists."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASKED = [
    ("harness comp", "compare"),
    ("harness compare run --non", "--non-inferior"),
    ("harness run --benchmark na", "nats-tss"),
    ("harness run --benchmark mini --dataset d", "digits"),
    ("harness run --proxies snip,jac", "snip,jacob_cov"),
    ("harness run --proxies snip+naswo", "snip+naswot"),
    ("harness validate naswo", "naswot"),
    ("harness validate az_", "az_nas"),
]


@pytest.mark.parametrize(("line", "answer"), ASKED)
def test_a_shell_is_answered(line: str, answer: str, tmp_path: Path) -> None:
    """As ``eval "$(register-python-argcomplete harness)"`` asks."""
    found = tmp_path / "answers"
    asking = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(found),
        "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_TYPE": "9",
    }
    said = subprocess.run(
        [sys.executable, "-c", "from harness.cli import main; main()"],
        env=os.environ | asking,
        capture_output=True,
        text=True,
    )
    assert said.stderr == ""
    assert answer in [one.strip() for one in found.read_text().splitlines()]
