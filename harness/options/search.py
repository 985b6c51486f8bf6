"""The options of ``harness search``."""

from __future__ import annotations

import argparse

from benchmarks.catalogue import SOURCES
from harness.options import completion
from harness.options.arguments import add_candidates, batch, natural, positive, seeds


def add_search(command: argparse.ArgumentParser) -> None:
    """Add the options that make a search plan."""
    add = command.add_argument
    add_candidates(command, "that choices are judged on (default: the first)")
    add("--truth", help=f"{SOURCES} (default: what comes with the project)")
    add("--split", help="split of that accuracy (default: the dataset's test split)")
    add("--epochs", type=positive, help="epochs of that accuracy (default: the full training)")
    add("--accuracy-seed", type=natural, help="its training seed (default: the mean over seeds)")
    add("--signal-dataset", help="training that searches see (default: the one held out)")
    add("--signal-split", help="split that searches see (default: the validation split)")
    add("--signal-epochs", type=positive, help="epochs that they pay for (default: the short ones)")
    add(
        "--signal-seed",
        default="random",
        help="random (any stored training), mean, or a training seed (default: %(default)s)",
    )
    named = add(
        "--searchers",
        default="all",
        help="names separated by commas, with settings as NAME:PROXY:SETTING=VALUE "
        "(default: %(default)s, but for those that take seconds a run)",
    )
    named.completer = completion.searchers  # type: ignore[attr-defined]
    add(
        "--proxies",
        default="params",
        help="scores that `all` gives to searchers that take one (default: %(default)s)",
    )
    add(
        "--scores",
        action="append",
        default=[],
        metavar="RUN",
        help="scores to search by: a run folder, a CSV file (index or arch, score), or `atlas`; "
        "may be repeated",
    )
    add("--seeds", type=seeds, default=200, help="runs of each searcher (default: %(default)s)")
    add(
        "--budget",
        required=True,
        help="simulated seconds such as 20000s, or a number of trainings such as 200",
    )
    named = add(
        "--objectives",
        help="error and costs that are to be small, separated by commas, such as `error,params` "
        "(default: the accuracy alone)",
    )
    named.completer = completion.objectives  # type: ignore[attr-defined]
    add(
        "--reference",
        help="a value of each objective, separated by commas, beyond which nothing counts "
        "(default: beyond the true front by a tenth of its range)",
    )
    add(
        "--rerank",
        type=natural,
        default=0,
        metavar="K",
        help="train the K best longest in the end, within the budget (default: %(default)s)",
    )
    add("--images", help="as `harness run` takes them, for one-shot networks (mini: its own)")
    add("--labels", default="true", choices=("true", "random"), help="(default: %(default)s)")
    add("--batch", type=batch, default=64, help="images in a minibatch (default: %(default)s)")
    add("--retry-failed", action="store_true", help="run again what is stored as failed")
