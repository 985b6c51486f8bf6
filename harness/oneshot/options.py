"""The options of one-shot predictors, and what of them cannot be."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from benchmarks.errors import BadInput
from harness.arguments import positive, seeds

if TYPE_CHECKING:
    from harness.plans.plan import Plan

NAMES = "spos, fairnas, magic_t, magic_a, magic_at"


def add_oneshot(command: argparse.ArgumentParser) -> None:
    """Add the options of one-shot predictors to a command that makes a plan."""
    add = command.add_argument
    add(
        "--oneshot",
        default="",
        metavar="NAMES",
        help=f"one-shot predictors to train and judge beside the proxies: {NAMES}, or all",
    )
    add(
        "--supernet-seeds",
        type=seeds,
        default=5,
        help="supernets of each (default: %(default)s)",
    )
    add(
        "--supernet-epochs",
        type=positive,
        default=40,
        help="passes of children over the training images (default: %(default)s)",
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


def check(plan: Plan) -> None:
    """Refuse a plan whose one-shot predictors cannot be trained.

    Raises:
        BadInput: a name is unknown, the space shares nothing, or images have nothing to be learned.
    """
    if not plan.oneshot:
        return
    from harness.oneshot.flow import course_of
    from harness.oneshot.predictors import named

    named(plan.oneshot)
    course_of(plan)
    if plan.images == "noise" or plan.labels == "random":
        found = "`--images noise`" if plan.images == "noise" else "`--labels random`"
        raise BadInput(
            f"`--oneshot` should train on images of known classes. Found {found}: leave one out."
        )
