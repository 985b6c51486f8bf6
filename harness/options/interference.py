"""The options of ``harness interference``."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.options.arguments import add_candidates, positive
from harness.options.oneshot import add_supernets


def add_interference(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add = command.add_argument
    add_candidates(command, "of the images (default: the benchmark's first)")
    add("--images", help="as for `harness run` (default for mini: its own)")
    add("--batch", type=positive, default=64, help="images in the minibatch (default: %(default)s)")
    add(
        "--pairs",
        type=positive,
        default=40,
        help="pairs of children a distance, in each supernet (default: %(default)s)",
    )
    add_supernets(command, "to measure", 2, "epochs of the warm-up")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:i (default: %(default)s)")
    add("--out", type=Path, required=True, help="the folder to write into")
