"""What an argument may be: numbers, and the names that a shell completes."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.catalogue import BENCHMARKS
from benchmarks.fetching import ARCHIVES
from benchmarks.space import EMBEDDED


def not_negative(text: str) -> float:
    """Return a number of at least 0."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"should be a number of at least 0, found `{text}`")
    return value


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"should be a whole number of at least 1, found `{text}`")
    return int(text)


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks what could follow, and end; do nothing for anyone else."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(parser)


def benchmarks(prefix: str, **_: object) -> list[str]:
    """Return the benchmarks."""
    return [name for name in BENCHMARKS if name.startswith(prefix)]


def datasets(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """Return the datasets of the benchmark that was named, of all where none was."""
    space = BENCHMARKS.get(getattr(parsed_args, "benchmark", ""))
    spaces = [space] if space else list(BENCHMARKS.values())
    names = {dataset.name for space in spaces for dataset in space.datasets}
    return sorted(name for name in names if name.startswith(prefix))


def proxies(prefix: str, **_: object) -> list[str]:
    """Return what the last of several names, which commas or plus signs part, could be."""
    done, last = re.fullmatch(r"(.*[,+])?([^,+]*)", prefix, re.DOTALL).groups("")  # type: ignore[union-attr]
    return [done + name for name in _formulas() if name.startswith(last)]


def searchers(prefix: str, **_: object) -> list[str]:
    """Return what the last of several names could be."""
    from harness.listing import SEARCHERS, built_in

    done, _comma, last = prefix.rpartition(",")
    names = ("all", *(one.name for one in built_in(SEARCHERS)))
    return [f"{done}{_comma}{name}" for name in names if name.startswith(last)]


def objectives(prefix: str, **_: object) -> list[str]:
    """Return what the last of several objectives could be."""
    from harness.searching.objectives import NAMES

    done, _comma, last = prefix.rpartition(",")
    return [f"{done}{_comma}{name}" for name in NAMES if name.startswith(last)]


def named(prefix: str, **_: object) -> list[str]:
    """Return the proxies and searchers."""
    return [*proxies(prefix), *searchers(prefix)]


def _formulas() -> Iterable[str]:
    from harness.listing import built_in

    return ("all", *sorted(formula.name for formula in built_in()))


def add_candidates(command: argparse.ArgumentParser, dataset: str, benchmark: str = "mini") -> None:
    """Add the options that name a benchmark, with its default, and a dataset, described as such."""
    named = command.add_argument(
        "--benchmark",
        default=benchmark,
        help=f"{', '.join(BENCHMARKS)} (default: %(default)s)",
    )
    named.completer = benchmarks  # type: ignore[attr-defined]
    named = command.add_argument("--dataset", help=f"dataset {dataset}")
    named.completer = datasets  # type: ignore[attr-defined]


NAMES = {EMBEDDED, "noise", "atlas", *ARCHIVES, *(space.truth for space in BENCHMARKS.values())}
"""What may be given as truth, images or scores and is no path."""


def located(source: str) -> str:
    """Return a path that means the same from every folder; names of no file stay as they are."""
    return source if source in NAMES else str(Path(source).absolute())
