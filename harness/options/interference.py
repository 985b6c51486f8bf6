"""The options of ``harness interference``."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.catalogue import benchmark
from benchmarks.errors import BadInput
from benchmarks.supernets import check_supernet
from harness.options.arguments import add_candidates, add_device, batch, positive
from harness.options.oneshot import add_supernets

FEWEST = 10
"""Pairs a distance below which nothing can be told."""


def add_interference(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add = command.add_argument
    add_candidates(command, "of the images (default: the benchmark's first)")
    add("--images", help="as for `harness run` (default for mini: its own)")
    add("--batch", type=batch, default=64, help="images in the minibatch (default: %(default)s)")
    add(
        "--pairs",
        type=positive,
        default=40,
        help="pairs of children a distance, in each supernet (default: %(default)s)",
    )
    add_supernets(command, "to measure", 2, "epochs of the warm-up")
    add_device(command)
    add("--out", type=Path, required=True, help="the folder to write into")


def check_interference(options: argparse.Namespace) -> None:
    """Refuse what cannot be measured, before anything is imported for it.

    Raises:
        BadInput: there is no such benchmark or dataset, candidates share nothing, images have
            nothing to be learned, or pairs are too few.
    """
    space = benchmark(options.benchmark)
    if options.dataset:
        space.dataset(options.dataset)
    check_supernet(space, options.images or space.images)
    if options.pairs < FEWEST:
        raise BadInput(f"`--pairs` should be at least {FEWEST} a distance. Found {options.pairs}.")
