"""Options of the gate: what a run is compared with, and what fails it."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.options.arguments import not_negative


def add_gate(command: argparse.ArgumentParser) -> None:
    """Add what ``harness compare`` takes besides the run folder."""
    command.add_argument(
        "--baseline",
        type=Path,
        required=True,
        help="what it should be: a file, or `atlas`, the scores that come with the project",
    )
    command.add_argument(
        "--margin",
        type=not_negative,
        default=0.01,
        help="fall of Kendall's tau that does not matter (default: %(default)s)",
    )
    command.add_argument(
        "--non-inferior",
        action="store_true",
        help="fail unless the whole interval of the difference lies above minus the margin",
    )
    command.add_argument(
        "--allow-missing",
        action="store_true",
        help="let proxies of the baseline be missing from the run",
    )
    command.add_argument(
        "--out",
        type=Path,
        help="a folder to write `compare.md`, `.xml` (JUnit) and `.json` into, perhaps the run's "
        "own",
    )
