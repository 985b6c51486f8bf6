"""The options of one-shot predictors."""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks.errors import suggestion
from benchmarks.printable import printable
from harness.options.arguments import positive, seeds

NAMES = ("spos", "fairnas", "magic_t", "magic_a", "magic_at")


def predictors(text: str) -> str:
    """Return names of one-shot predictors, separated by commas."""
    chosen = [name.strip() for name in text.split(",") if name.strip()]
    if text and not chosen:
        raise argparse.ArgumentTypeError(f"should name one of all, {', '.join(NAMES)}, found none")
    for name in chosen:
        if name not in (*NAMES, "all"):
            near = suggestion(name, NAMES)
            raise argparse.ArgumentTypeError(
                f"should be one of all, {', '.join(NAMES)}, found `{printable(name)}`"
                f"{near and f'.{near}'}"
            )
    return text


def add_oneshot(command: argparse.ArgumentParser) -> None:
    """Add the options of one-shot predictors to a command that makes a plan."""
    add = command.add_argument
    add(
        "--oneshot",
        type=predictors,
        default="",
        metavar="NAMES",
        help="one-shot predictors to train and judge beside the proxies: "
        f"{', '.join(NAMES)}, or all",
    )
    add_supernets(command, "of each", 40, "passes of children over the training images")


def add_supernets(command: argparse.ArgumentParser, which: str, epochs: int, what: str) -> None:
    """Add the options of supernets: how many, how long they train, how large they are."""
    add = command.add_argument
    add(
        "--supernet-seeds",
        type=seeds,
        default=5,
        help=f"supernets {which} (default: %(default)s)",
    )
    add(
        "--supernet-epochs",
        type=positive,
        default=epochs,
        help=f"{what} (default: %(default)s)",
    )
    add(
        "--supernet-cells",
        type=positive,
        default=0,
        help="cells of a stage, for a smaller supernet (default: those of the candidates)",
    )


def settings_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a plan says of one-shot predictors."""
    names = ("oneshot", "supernet_seeds", "supernet_epochs", "supernet_cells")
    return {name: getattr(options, name) for name in names}
