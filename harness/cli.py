"""The command line: argv -> Plan -> scores -> correlations -> files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.sources import read_truth
from harness.contract.rules import validate
from harness.gate import baseline, compare, difference, publish
from harness.options import parser, plan_of
from harness.plan import Plan
from harness.report import report
from harness.scoring.cluster import connected
from harness.scoring.flow import score, truth
from harness.scoring.merge import merge
from harness.scoring.workers import Backend, default_workers, local, scored_by
from proxies import (
    COMBINATIONS,
    UnknownProxy,
    UnusablePlugin,
    find,
    load_all,
    load_entry_points,
    load_file,
)
from proxies.registry import clashes


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    0 done; 1 ``compare`` found a regression or ``validate`` a broken rule; 2 wrong usage or bad
    input; 3 nothing to compare.
    """
    try:
        options = parser().parse_args(argv)
        workers = getattr(options, "workers", None) or default_workers()
        for sentence in (*load_entry_points(), *_plugged(getattr(options, "proxy_file", []))):
            sys.stderr.write(f"harness: {sentence}.\n")
        if options.command in ("run", "score"):
            plan = plan_of(options)
            table = truth(plan, workers)
            with backend(options, plan) as run:
                score(plan, table, options.out, run, options.retry_failed)
        if options.command == "run":
            sys.stdout.write(report(options.out, table))
        if options.command == "merge":
            merge(options.runs, options.out, options.workers)
        if options.command == "report":
            chosen = {"beside": options.beside, "more": options.scores}
            sys.stdout.write(report(options.out, **chosen, intervals=options.intervals))
        if options.command == "baseline":
            sys.stdout.write(baseline(options.run, options.file))
        if options.command == "compare":
            return gate(options.run, options.baseline, options.margin)
        if options.command == "validate":
            return checked(options.proxy)
        if options.command == "import":
            convert(options.source, options.target, workers)
        if options.command == "list":
            sys.stdout.write(listing())
    except (BadInput, UnknownProxy, UnusablePlugin) as error:
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


@contextmanager
def backend(options: argparse.Namespace, plan: Plan) -> Iterator[Backend]:
    """Yield what scores tasks: local processes, or a cluster's workers."""
    if options.scheduler is None:
        yield local(plan.device, options.workers, plan.stack)
        return
    with connected(options.scheduler) as executor:
        yield partial(scored_by, executor, stack=plan.stack)


def _plugged(files: list[Path]) -> list[str]:
    """Register the proxies of files; return what a reader should know about them."""
    for path in files:
        load_file(path)
    return list(dict.fromkeys(clashes))


def checked(name: str) -> int:
    """Print what the contract's rules found on a proxy, and return the exit code."""
    chosen = find(name)
    if len(chosen) != 1:
        raise BadInput(f"`harness validate` should name one proxy. Found `{name}`.")
    (proxy,) = chosen
    failed = False
    for finding in validate(proxy):
        sys.stdout.write(f"{finding}\n")
        sys.stdout.flush()
        failed |= finding.held is False
    return int(failed)


def gate(out: Path, file: Path, margin: float) -> int:
    """Compare a run with a baseline, write what was found, and return the exit code."""
    rows = compare(out, file, margin)
    if all(row.verdict.idle for row in rows):
        why = difference(out, file) or "no proxy is in both with enough classes for an interval"
        sys.stderr.write(f"harness: nothing to compare in `{out}` and `{file}`: {why}.\n")
        return 3
    sys.stdout.write(publish(out, rows, margin))
    return 1 if any(row.verdict.fails for row in rows) else 0


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
