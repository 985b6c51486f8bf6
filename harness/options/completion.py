"""What a shell offers to complete a word with."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable

from benchmarks.catalogue import BENCHMARKS


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


def inputs(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """Return what the stored scores of the benchmark that was named may have been made of."""
    names = [*datasets("", parsed_args), "noise", "random_labels"]
    return [name for name in names if name.startswith(prefix)]


def proxies(prefix: str, **_: object) -> list[str]:
    """Return what the last of several names, which commas or plus signs part, could be."""
    done, last = re.fullmatch(r"(.*[,+])?([^,+]*)", prefix, re.DOTALL).groups("")  # type: ignore[union-attr]
    return [done + name for name in _formulas() if name.startswith(last)]


def searchers(prefix: str, **_: object) -> list[str]:
    """Return what the last of several names could be."""
    from harness.options.listing import SEARCHERS, built_in

    done, _comma, last = prefix.rpartition(",")
    names = ("all", *(searcher.name for searcher in built_in(SEARCHERS)))
    return [f"{done}{_comma}{name}" for name in names if name.startswith(last)]


def objectives(prefix: str, **_: object) -> list[str]:
    """Return what the last of several objectives could be."""
    from benchmarks.costs import METRICS
    from searchers import ERROR

    done, _comma, last = prefix.rpartition(",")
    return [f"{done}{_comma}{name}" for name in (ERROR, *METRICS) if name.startswith(last)]


def named(prefix: str, **_: object) -> list[str]:
    """Return the proxies and searchers."""
    return [*proxies(prefix), *searchers(prefix)]


def _formulas() -> Iterable[str]:
    from harness.options.listing import built_in

    return ("all", *sorted(formula.name for formula in built_in()))
