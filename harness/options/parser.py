"""The command line's words: its commands and their options."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.catalogue import SELECTIONS, SOURCES
from benchmarks.errors import BadInput
from harness.options import completion
from harness.options.arguments import (
    IMAGES,
    add_candidates,
    add_device,
    batch,
    natural,
    positive,
    processes,
    scheduler,
    seeds,
    selection,
    shard,
)
from harness.options.gate import add_gate
from harness.options.interference import add_interference
from harness.options.oneshot import add_oneshot
from harness.options.search import add_search
from harness.runs.forms import TIME_LIMIT

COMMANDS = {
    "run": "score, then report; the same command again resumes",
    "score": "compute the scores that are missing from a run folder",
    "merge": "put shards that were scored apart into one run folder",
    "search": "run searches on a table, then report; the same command again resumes",
    "report": "write tables and figures from a run folder's scores",
    "atlas": "print the table of a whole space, whose scores come with the project",
    "baseline": "write a run's results to a small file that a later run is compared with",
    "compare": "fail (exit code 1) if a run's proxies are worse than a baseline's, or drift",
    "validate": "check that a proxy or searcher keeps its contract; exit code 1 if it does not",
    "new": "write the file that a proxy of one's own starts from",
    "interference": "measure how differently children of a supernet pull what they share",
    "import": "convert an official benchmark file to a Parquet table, once",
    "list": "list proxies, searchers, benchmarks and datasets, or what a proxy may read",
}

INTERVALS = ("design", "clustered")
"""What intervals may speak for: what the cells were drawn from, or a space of other classes."""

FILES = {
    "proxy": ("run", "score", "merge", "list", "validate"),
    "searcher": ("search", "list", "validate"),
}
"""Commands that take files of each kind."""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence and exit code 2, and whose options are whole words.

    An abbreviation that is clear today would mean nothing once another option begins likewise.
    """

    def __init__(self, *names: Any, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.allow_abbrev = False

    def error(self, message: str) -> NoReturn:
        """Raise what would have been printed with the usage."""
        end = "" if message.endswith("?") else "."
        said = f"{message[:1].upper()}{message[1:]}{end}"
        raise BadInput(f"{said} `{self.prog} --help` shows the usage.")


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(prog="harness", description="Judge training-free scores of neural networks.")
    top.add_argument("--version", action="version", version=f"harness {_version()}")
    commands = top.add_subparsers(
        dest="command", required=True, parser_class=Parser, metavar="COMMAND"
    )
    for name, does in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does)
        if name in ("run", "score"):
            add_plan(command)
        if name == "merge":
            command.add_argument("runs", type=Path, nargs="+", help="run folders of the shards")
        if name == "search":
            add_search(command)
        if name in ("run", "score", "merge", "search"):
            command.add_argument("--out", type=Path, required=True, help="the run folder")
        if name == "report":
            folder = command.add_mutually_exclusive_group(required=True)
            folder.add_argument("run", type=Path, nargs="?", help="the run folder")
            folder.add_argument("--out", type=Path, help="the run folder, as elsewhere")
        for kind, many in (("proxy", "proxies"), ("searcher", "searchers")):
            if name in FILES[kind]:
                command.add_argument(
                    f"--{kind}-file",
                    type=Path,
                    action="append",
                    default=[],
                    metavar="FILE",
                    help=f"a Python file that registers {many}; may be repeated",
                )
        if name in ("run", "report"):
            command.add_argument(
                "--scores",
                type=Path,
                action="append",
                default=[],
                metavar="FILE",
                help="a CSV file (index or arch, score) computed elsewhere, larger better",
            )
        if name == "run":
            command.add_argument(
                "--atlas",
                action="store_true",
                help="judge beside all scores of these cells that come with the project",
            )
        if name in ("run", "score", "report"):
            command.add_argument(
                "--intervals",
                choices=INTERVALS,
                help="of what the cells' design draws from (default), or as if the space's "
                "functional classes were others",
            )
        if name == "report":
            command.add_argument(
                "--with",
                dest="beside",
                type=Path,
                action="append",
                default=[],
                metavar="RUN",
                help="another run folder to show in the page; may be repeated",
            )
        if name == "atlas":
            add_candidates(command, "of the accuracy (default: all)", "nats-tss")
            named = command.add_argument(
                "--inputs",
                help="what was scored: a dataset's images, noise or random_labels (default: the "
                "images of the benchmark's first dataset)",
            )
            named.completer = completion.inputs  # type: ignore[attr-defined]
            named = command.add_argument(
                "--proxies",
                default="all",
                help="rows to print, names separated by commas; a+b is the average rank of a and b "
                "(default: %(default)s)",
            )
            named.completer = completion.proxies  # type: ignore[attr-defined]
            command.add_argument("--out", type=Path, help="write a run folder and its report too")
        if name == "validate":
            named = command.add_argument("name", help="the proxy's or searcher's name")
            named.completer = completion.named  # type: ignore[attr-defined]
        if name == "new":
            command.add_argument("file", type=Path, help="the Python file to write: my_proxy.py")
        if name == "list":
            command.add_argument(
                "--records", action="store_true", help="list what a proxy may read instead"
            )
        if name in ("baseline", "compare"):
            command.add_argument("run", type=Path, help="the run folder")
        if name == "baseline":
            command.add_argument("file", type=Path, help="the baseline (JSON) to write")
        if name == "compare":
            add_gate(command)
        if name == "interference":
            add_interference(command)
        if name == "import":
            command.add_argument("source", type=Path, help=SOURCES)
            command.add_argument("target", type=Path, help="the Parquet table to write")
        if name in ("run", "score", "merge", "search", "interference", "import"):
            command.add_argument(
                "--workers",
                type=processes,
                help="processes (default: one a core; a GPU is given one)",
            )
    return top


def _version() -> str:
    from importlib.metadata import version

    return version("nas-proxy-harness")


def add_plan(command: Parser) -> None:
    """Add the options that make a plan."""
    add = command.add_argument
    add_candidates(command, "of images and accuracy (default: the benchmark's first)")
    add("--truth", help=f"{SOURCES} (default: what comes with the project, if anything does)")
    add("--split", help="split of the accuracy (default: the dataset's test split)")
    add(
        "--epochs",
        type=positive,
        help="training epochs of the accuracy (default: the full training)",
    )
    add(
        "--accuracy-seed",
        type=natural,
        help="training seed (default: the mean over seeds)",
    )
    add("--images", help=f"{IMAGES} (default for mini: its own; for TransNAS: `noise`)")
    add("--labels", default="true", choices=("true", "random"), help="(default: %(default)s)")
    add("--batch", type=batch, default=64, help="images in the minibatch (default: %(default)s)")
    named = add(
        "--proxies",
        default="all",
        help="names separated by commas; a+b is the average rank of a and b (default: %(default)s)",
    )
    named.completer = completion.proxies  # type: ignore[attr-defined]
    add(
        "--cells",
        type=selection,
        default="all",
        help=f"{SELECTIONS} (default: %(default)s)",
    )
    add("--seeds", type=seeds, default=1, help="initialisations a class (default: %(default)s)")
    add_device(command)
    add(
        "--shard",
        type=shard,
        default="1/1",
        help="i/n: every n-th functional class, from the i-th on",
    )
    add(
        "--stack",
        type=positive,
        metavar="N",
        help="candidates scored side by side in one network (default: 1, on a GPU 16)",
    )
    said = "score on the workers of this Dask scheduler"
    add("--scheduler", type=scheduler, metavar="ADDRESS", help=said)
    add("--retry-failed", action="store_true", help="score again what is stored as failed")
    add(
        "--time-limit",
        type=positive,
        default=TIME_LIMIT,
        metavar="SECONDS",
        help="of one formula on one network, which is failed after it (default: %(default)s)",
    )
    add_oneshot(command)
