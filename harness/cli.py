"""The command line: argv -> Plan -> scores -> correlations -> files."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from benchmarks.errors import BadInput
from benchmarks.spaces import BENCHMARKS, EMBEDDED, benchmark
from harness.cells import FORMS
from harness.gate import baseline, compare, difference, publish
from harness.plan import Plan
from harness.report import report
from harness.run import score, truth
from harness.truth import SOURCES, read_truth
from harness.workers import default_workers, resolve_device
from proxies import COMBINATIONS, UnknownProxy, load_all
from reports.gate import Verdict

COMMANDS = {
    "run": "score, then report; the same command again resumes",
    "score": "compute the scores that are missing from a run folder",
    "report": "write tables and figures from a run folder's scores",
    "baseline": "write a run's results to a small file that a later run is compared with",
    "compare": "fail (exit code 1) if a run's proxies are worse than a baseline's, or drift",
    "import": "convert an official benchmark file to a Parquet table, once",
    "list": "list proxies, benchmarks and datasets",
}

IMAGES = "a folder of official CIFAR or ImageNet16 batches, an `.npz` file, or `noise`"


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Raise what would have been printed with the usage."""
        raise BadInput(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` shows the usage.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 done; 1 ``compare`` found a regression; 2 wrong usage or bad input; 3 nothing to compare.
    """
    try:
        options = parser().parse_args(argv)
        if options.command in ("run", "score"):
            plan = plan_of(options)
            table = truth(plan, options.workers)
            score(plan, table, options.out, options.workers, options.retry_failed)
        if options.command == "run":
            sys.stdout.write(report(options.out, table))
        if options.command == "report":
            sys.stdout.write(report(options.out, beside=options.beside))
        if options.command == "baseline":
            sys.stdout.write(baseline(options.run, options.file))
        if options.command == "compare":
            return gate(options.run, options.baseline, options.margin)
        if options.command == "import":
            convert(options.source, options.target, options.workers)
        if options.command == "list":
            sys.stdout.write(listing())
    except (BadInput, UnknownProxy) as error:
        sys.stderr.write(f"harness: {error}\n")
        return 2
    except OSError as error:
        where = f" `{error.filename}`" if error.filename else ""
        reason = error.strerror or error
        sys.stderr.write(
            f"harness: a file should be readable or writable.{where} is not: {reason}. Free the "
            "disk or give another path; what was stored is kept.\n"
        )
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("harness: stopped; the same command resumes.\n")
        return 130
    return 0


def parser() -> Parser:
    """Return the parser of the whole command line."""
    top = Parser(prog="harness", description="Judge training-free scores of neural networks.")
    commands = top.add_subparsers(
        dest="command", required=True, parser_class=Parser, metavar="COMMAND"
    )
    for name, does in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does)
        if name in ("run", "score"):
            add_plan(command)
        if name in ("run", "score", "report"):
            command.add_argument("--out", type=Path, required=True, help="the run folder")
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
        if name in ("baseline", "compare"):
            command.add_argument("run", type=Path, help="the run folder")
        if name == "baseline":
            command.add_argument("file", type=Path, help="the baseline (JSON) to write")
        if name == "compare":
            command.add_argument("--baseline", type=Path, required=True, help="what it should be")
            command.add_argument(
                "--margin",
                type=float,
                default=0.01,
                help="fall of Kendall's tau that does not matter (default: %(default)s)",
            )
        if name == "import":
            command.add_argument("source", type=Path, help=SOURCES)
            command.add_argument("target", type=Path, help="the Parquet table to write")
        if name in ("run", "score", "import"):
            command.add_argument(
                "--workers",
                type=positive,
                default=default_workers(),
                help="processes on the CPU (default: one a core)",
            )
    return top


def gate(out: Path, file: Path, margin: float) -> int:
    """Compare a run with a baseline, write what was found, and return the exit code."""
    rows = compare(out, file, margin)
    if not any(row.verdict is not Verdict.ABSENT for row in rows):
        why = difference(out, file) or "they have no proxy in common"
        sys.stderr.write(f"harness: nothing to compare in `{out}` and `{file}`: {why}.\n")
        return 3
    sys.stdout.write(publish(out, rows, margin))
    return 1 if any(row.verdict.fails for row in rows) else 0


def add_plan(command: Parser) -> None:
    """Add the options that make a plan."""
    add = command.add_argument
    add("--benchmark", default="mini", help=f"{', '.join(BENCHMARKS)} (default: %(default)s)")
    add("--truth", help=f"{SOURCES} (default for mini: its own)")
    add("--dataset", help="dataset of images and accuracy (default: the benchmark's first)")
    add("--split", help="split of the accuracy (default: the dataset's test split)")
    add(
        "--epochs",
        type=positive,
        help="training epochs of the accuracy (default: the full training)",
    )
    add("--accuracy-seed", type=int, help="training seed (default: the mean over seeds)")
    add("--images", help="official batches, an .npz file, or `noise` (default for mini: its own)")
    add("--labels", default="true", choices=("true", "random"), help="(default: %(default)s)")
    add("--batch", type=positive, default=64, help="images in the minibatch (default: %(default)s)")
    add(
        "--proxies",
        default="all",
        help="names separated by commas; a+b is the average rank of a and b (default: %(default)s)",
    )
    add("--cells", default="all", help=f"{FORMS} (default: %(default)s)")
    add("--seeds", type=positive, default=1, help="initialisations a class (default: %(default)s)")
    add("--device", default="auto", help="auto, cpu, cuda or cuda:i (default: %(default)s)")
    add("--shard", default="1/1", help="i/n: every n-th functional class, from the i-th on")
    add("--retry-failed", action="store_true", help="score again what is stored as failed")


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"should be a whole number of at least 1, found `{text}`")
    return int(text)


def plan_of(options: argparse.Namespace) -> Plan:
    """Resolve the options to a plan: defaults named, device found."""
    space = benchmark(options.benchmark)
    dataset = space.dataset(options.dataset or space.datasets[0].name)
    own = EMBEDDED if space.name == "mini" else ""
    for option, what in (("truth", SOURCES), ("images", IMAGES)):
        if not (getattr(options, option) or own):
            raise BadInput(f"`--{option}` should be given for {space.name}: {what}.")
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", options.device):
        raise BadInput(f"`--device` should be auto, cpu, cuda or cuda:i. Found `{options.device}`.")
    device, remark = resolve_device(options.device)
    if remark:
        sys.stderr.write(f"harness: {remark}\n")
    return Plan(
        benchmark=space.name,
        truth=_absolute(options.truth or own),
        dataset=dataset.name,
        split=options.split or dataset.split,
        epochs=options.epochs or space.full_epochs,
        accuracy_seed=options.accuracy_seed,
        images=_absolute(options.images or own),
        labels=options.labels,
        batch=options.batch,
        cells=options.cells,
        proxies=options.proxies,
        seeds=options.seeds,
        device=device,
        shard=options.shard,
    )


def _absolute(source: str) -> str:
    """Return a path that means the same from every folder; names of no file stay as they are."""
    return source if source in (EMBEDDED, "noise") else str(Path(source).absolute())


def convert(source: Path, target: Path, workers: int) -> None:
    """Convert an official file to a Parquet table."""
    if target.suffix != ".parquet":
        raise BadInput(f"The target should end in `.parquet`. Found `{target}`.")
    table = read_truth(source, workers)
    table.write(target)
    rows, cells = len(table.rows), len(table.candidates)
    sys.stdout.write(f"{target}: {rows} accuracies of {cells} candidates\n")


def listing() -> str:
    """Return the names that the command line accepts, each with what it is."""
    lines = ["proxies (* trivial row, ~ trains for a few steps, - smaller is better)"]
    for proxy in load_all().values():
        family = {"trivial": "*", "few-step": "~"}.get(proxy.family, " ")
        mark = family + (" " if proxy.larger_is_better else "-")
        lines.append(f"{mark} {proxy.name:<17} {proxy.source}")
    lines.append("\ncombinations of ranks, which depend on the set of cells")
    for one in COMBINATIONS.values():
        lines.append(f"   {one.name:<17} {', '.join(one.members)}; {one.source}")
    for space in BENCHMARKS.values():
        names = ", ".join(dataset.name for dataset in space.datasets)
        lines.append(f"\nbenchmark {space.name}: {names}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
