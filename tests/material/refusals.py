"""Commands that are refused."""

from __future__ import annotations

import pytest

from harness.cli import main


def refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Check that a command ends with exit code 2, one sentence and nothing else; return that."""
    capsys.readouterr()
    assert main(argv) == 2
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith("harness: ")
    assert written.err.count("\n") == 1
    return written.err
