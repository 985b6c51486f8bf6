"""The command line's words: its commands, their options, and the plan that they make."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from benchmarks.catalogue import BENCHMARKS, SELECTIONS, SOURCES, benchmark
from benchmarks.errors import BadInput, suggestion
from benchmarks.fetching import ARCHIVES
from benchmarks.space import BUILT_IN, EMBEDDED
from harness import arguments
from harness.arguments import not_negative, positive

COMMANDS = {
    "run": "score, then report; the same command again resumes",
    "score": "compute the scores that are missing from a run folder",
    "merge": "put shards that were scored apart into one run folder",
    "report": "write tables and figures from a run folder's scores",
    "atlas": "print the table of a whole space, whose scores come with the project",
    "baseline": "write a run's results to a small file that a later run is compared with",
    "compare": "fail (exit code 1) if a run's proxies are worse than a baseline's, or drift",
    "validate": "check that a proxy keeps the contract; exit code 1 if it does not",
    "import": "convert an official benchmark file to a Parquet table, once",
    "list": "list proxies, benchmarks and datasets",
}

if TYPE_CHECKING:
    from harness.plan import Plan

INTERVALS = ("design", "clustered")
"""What intervals may speak for: what the cells were drawn from, or a space of other classes."""

IMAGES = (
    "cifar10 or cifar100 (fetched once), a folder of official CIFAR or ImageNet16 batches, an "
    "`.npz` file, or `noise`"
)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise what would have been printed with the usage."""
        raise BadInput(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` shows the usage.")


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
        if name in ("run", "score", "merge", "report"):
            command.add_argument("--out", type=Path, required=True, help="the run folder")
        if name in ("run", "score", "list", "validate"):
            command.add_argument(
                "--proxy-file",
                type=Path,
                action="append",
                default=[],
                metavar="FILE",
                help="a Python file that registers proxies; may be repeated",
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
            named = command.add_argument(
                "--benchmark", default="nats-tss", help="(default: %(default)s)"
            )
            named.completer = arguments.benchmarks  # type: ignore[attr-defined]
            named = command.add_argument("--dataset", help="of the accuracy (default: all)")
            named.completer = arguments.datasets  # type: ignore[attr-defined]
            command.add_argument("--out", type=Path, help="write a run folder and its report too")
        if name == "validate":
            named = command.add_argument("proxy", help="the proxy's name")
            named.completer = arguments.proxies  # type: ignore[attr-defined]
        if name in ("baseline", "compare"):
            command.add_argument("run", type=Path, help="the run folder")
        if name == "baseline":
            command.add_argument("file", type=Path, help="the baseline (JSON) to write")
        if name == "compare":
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
        if name == "import":
            command.add_argument("source", type=Path, help=SOURCES)
            command.add_argument("target", type=Path, help="the Parquet table to write")
        if name in ("run", "score", "merge", "import"):
            command.add_argument(
                "--workers",
                type=positive,
                help="processes (default: one a core; a GPU is given one)",
            )
    return top


def _version() -> str:
    from importlib.metadata import version

    return version("nas-proxy-harness")


def add_plan(command: Parser) -> None:
    """Add the options that make a plan."""
    add = command.add_argument
    named = add(
        "--benchmark", default="mini", help=f"{', '.join(BENCHMARKS)} (default: %(default)s)"
    )
    named.completer = arguments.benchmarks  # type: ignore[attr-defined]
    add("--truth", help=f"{SOURCES} (default: what comes with the project, if anything does)")
    named = add("--dataset", help="dataset of images and accuracy (default: the benchmark's first)")
    named.completer = arguments.datasets  # type: ignore[attr-defined]
    add("--split", help="split of the accuracy (default: the dataset's test split)")
    add(
        "--epochs",
        type=positive,
        help="training epochs of the accuracy (default: the full training)",
    )
    add("--accuracy-seed", type=int, help="training seed (default: the mean over seeds)")
    add("--images", help=f"{IMAGES} (default for mini: its own)")
    add("--labels", default="true", choices=("true", "random"), help="(default: %(default)s)")
    add("--batch", type=positive, default=64, help="images in the minibatch (default: %(default)s)")
    named = add(
        "--proxies",
        default="all",
        help="names separated by commas; a+b is the average rank of a and b (default: %(default)s)",
    )
    named.completer = arguments.proxies  # type: ignore[attr-defined]
    add("--cells", default="all", help=f"{SELECTIONS} (default: %(default)s)")
    add("--seeds", type=positive, default=1, help="initialisations a class (default: %(default)s)")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:i (default: %(default)s)")
    add("--shard", default="1/1", help="i/n: every n-th functional class, from the i-th on")
    add(
        "--stack",
        type=positive,
        metavar="N",
        help="candidates scored side by side in one network (default: 1, on a GPU 16)",
    )
    add("--scheduler", metavar="ADDRESS", help="score on the workers of this Dask scheduler")
    add("--retry-failed", action="store_true", help="score again what is stored as failed")


def plan_from(settings: Mapping[str, object]) -> Plan:
    """Resolve settings, named as the options with underscores; what is left out has its default.

    Raises:
        BadInput: there is no such setting, or its value cannot be used.
    """
    options = parser().parse_args(["run", "--out", "."])
    known = sorted(vars(options))
    for name, value in settings.items():
        if name not in known:
            raise BadInput(f"There is no setting `{name}`.{suggestion(name, known)}")
        setattr(options, name, value)
    return plan_of(options)


def plan_of(options: argparse.Namespace) -> Plan:
    """Resolve the options to a plan: defaults named, device found."""
    space = benchmark(options.benchmark)
    dataset = space.dataset(options.dataset or space.datasets[0].name)
    for option, what in (("truth", SOURCES), ("images", IMAGES)):
        if not (getattr(options, option) or getattr(space, option)):
            raise BadInput(f"`--{option}` should be given for {space.name}: {what}.")
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", options.device):
        raise BadInput(f"`--device` should be auto, cpu, cuda or cuda:i. Found `{options.device}`.")
    import torch

    from harness.plan import Plan
    from harness.scoring.workers import SIDE_BY_SIDE, resolve_device

    device, remark = resolve_device(options.device)
    if remark:
        sys.stderr.write(f"harness: {remark}\n")
    return Plan(
        benchmark=space.name,
        truth=_absolute(options.truth or space.truth),
        dataset=dataset.name,
        split=options.split or dataset.split,
        epochs=options.epochs or space.full_epochs,
        accuracy_seed=options.accuracy_seed,
        images=_absolute(options.images or space.images),
        labels=options.labels,
        batch=options.batch,
        cells=options.cells,
        proxies=options.proxies,
        seeds=options.seeds,
        device=device,
        shard=options.shard,
        proxy_files=tuple(_absolute(str(path)) for path in options.proxy_file),
        scores=tuple(_absolute(str(path)) for path in getattr(options, "scores", [])),
        intervals=options.intervals or INTERVALS[0],
        atlas=getattr(options, "atlas", False),
        stack=options.stack or SIDE_BY_SIDE[torch.device(device).type],
    )


def _absolute(source: str) -> str:
    """Return a path that means the same from every folder; names of no file stay as they are."""
    named = (EMBEDDED, BUILT_IN, "noise", *ARCHIVES)
    return source if source in named else str(Path(source).absolute())
