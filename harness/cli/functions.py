"""The commands, a function each, which imports what it needs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.streams import say, show
from harness.cli.plugins import has_plugins, plug_in
from harness.runs.run_files import RunFile

if TYPE_CHECKING:
    from benchmarks.table import AccuracyTable


def score(options: argparse.Namespace) -> int:
    """Compute the scores that a run folder lacks."""
    _scored(options)
    return 0


def run(options: argparse.Namespace) -> int:
    """Score, then report; where that is done already, print what it was."""
    from harness.cli.unchanged import remember, unchanged_table

    text = unchanged_table(options)
    if text is None:
        table = _scored(options)
        from harness.reporting.report import report

        text = report(options.out, table)
        remember(options)
    _tell(options.out, text)
    return 0


def _tell(out: Path, text: str) -> None:
    """Print a report's table; on a terminal its first rows, and where the rest is."""
    if sys.stdout.isatty() and (short := out / RunFile.SUMMARY).is_file():
        text = f"{short.read_text(encoding='utf-8')}{out / RunFile.PAGE}\n"
    show(text)


def merge(options: argparse.Namespace) -> int:
    """Put shards into one run folder."""
    from harness.oneshot.flow import fill_oneshot
    from harness.scoring.merge import merge

    plug_in(options)
    plan, table = merge(options.runs, options.out, options.workers, options.proxy_file)
    fill_oneshot(plan, table, options.out, options.workers)
    return 0


def report(options: argparse.Namespace) -> int:
    """Judge stored scores and write what a reader looks at."""
    from harness.reporting.report import report

    plug_in(options)
    out, how = options.out or options.run, (options.beside, options.scores, options.intervals)
    _tell(out, report(out, None, *how))
    return 0


def atlas(options: argparse.Namespace) -> int:
    """Print the table of a whole space."""
    from benchmarks.catalogue import benchmark
    from harness.atlases.names import kind_of
    from harness.options.listing import check_names

    space = benchmark(options.benchmark)  # what is wrong is told at once
    if options.dataset:
        space.dataset(options.dataset)
    kind_of(options.benchmark, options.inputs)
    if not has_plugins():
        check_names(options.proxies)
    from harness.reporting.whole_space import show as atlas_table

    asked = options.dataset, options.inputs, options.proxies, options.out
    show(atlas_table(options.benchmark, *asked))
    return 0


def search(options: argparse.Namespace) -> int:
    """Run the searches that a folder lacks, then report."""
    from harness.options.listing import check_names, check_searchers
    from harness.options.search_settings import search_plan_of
    from harness.searching.requirements import check_oneshot, check_scores

    ours = not options.searcher_file and not has_plugins()
    if ours:
        check_searchers(options.searchers)  # a wrong name is told at once
        if not getattr(options, "proxy_file", []):
            check_names(options.proxies)
    plan = search_plan_of(options)
    from searchers import choose

    if ours:
        chosen = choose(plan.searchers, plan.proxies.split(","), several=bool(plan.objectives))
        check_oneshot(plan, chosen)
        if not plan.scores:
            check_scores(name for pick in chosen for name in pick.reads)
    from harness.cli.filling import search_folder
    from harness.searching.report import report_searches

    plug_in(options)
    table = search_folder(plan, options.out, options.workers, retry_failed=options.retry_failed)
    show(report_searches(options.out, table))
    return 0


def baseline(options: argparse.Namespace) -> int:
    """Write a run's results to a small file."""
    from harness.reporting.baseline import write

    plug_in(options)
    show(write(options.run, options.file))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Compare a run with a baseline, and print what was found."""
    from harness.reporting.comparing import Rules, compare, difference, publish

    plug_in(options)
    folder, file = options.run, options.baseline
    rules = Rules(options.margin, options.non_inferior, options.allow_missing)
    rows = compare(folder, file, rules)
    if all(row.verdict.idle for row in rows):
        why = difference(folder, file) or "no proxy is in both with enough cells for an interval"
        say(f"nothing to compare in `{folder}` and `{file}`: {why}.")
        return 3
    show(publish(folder, rows, rules, options.out))
    return 1 if any(row.verdict.fails for row in rows) else 0


def validate(options: argparse.Namespace) -> int:
    """Print what the contract's rules found on a proxy or a searcher."""
    from harness.options.listing import check_name

    if not (options.proxy_file or options.searcher_file or has_plugins()):
        check_name(options.name)
    from harness.contract.named import findings

    plug_in(options, refuse=True)
    failed = False
    for finding in findings(options.name):
        show(f"{finding}\n")
        failed |= finding.held is False
    return int(failed)


def new(options: argparse.Namespace) -> int:
    """Write the file that a new proxy starts from."""
    from harness.contract.new import write_template

    show(write_template(options.file))
    return 0


def interference(options: argparse.Namespace) -> int:
    """Measure how differently children of a supernet pull what they share."""
    from harness.options.interference import check_interference

    check_interference(options)
    from harness.reporting.interference import interference

    show(interference(options))
    return 0


def convert(options: argparse.Namespace) -> int:
    """Convert an official file to a Parquet table."""
    from benchmarks.errors import BadInput

    target = options.target
    if target.suffix != ".parquet":
        raise BadInput(f"The target should end in `.parquet`. Found `{target}`.")
    from benchmarks.sources import read_truth
    from harness.runs.devices import default_workers

    table = read_truth(options.source, options.workers or default_workers())
    table.write(target)
    said = f"{len(table.rows)} accuracies of {len(table.candidates)} candidates"
    show(f"{target}: {said}\n")
    return 0


def names(options: argparse.Namespace) -> int:
    """List what the command line accepts; what other packages have is imported for it."""
    from harness.options.listing import listing, records, registered

    if options.records:
        show(records())
    elif options.proxy_file or options.searcher_file or has_plugins():
        plug_in(options)
        show(registered())
    else:
        show(listing())
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": run,
    "score": score,
    "merge": merge,
    "report": report,
    "atlas": atlas,
    "search": search,
    "baseline": baseline,
    "compare": compare,
    "validate": validate,
    "new": new,
    "interference": interference,
    "import": convert,
    "list": names,
}


def _scored(options: argparse.Namespace) -> AccuracyTable:
    """Score what a plan names and its folder lacks; return the accuracies."""
    from harness.options.listing import check_names
    from harness.options.run_settings import plan_of

    if not options.proxy_file and not has_plugins():
        check_names(options.proxies)
    plan = plan_of(options)
    from harness.cli.filling import score_folder

    plug_in(options)
    return score_folder(
        plan,
        options.out,
        options.workers,
        scheduler=options.scheduler,
        retry_failed=options.retry_failed,
        time_limit=options.time_limit,
    )
