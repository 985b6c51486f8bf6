"""What the tables that come with the project have, told without one being read.

``python -m benchmarks.extents`` reads them all and writes ``extents.json``: by table a list of
accuracies, each with its name and :class:`Extent`, and a list of the names of costs.
"""

from __future__ import annotations

import json
import sys
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple

from benchmarks.accuracy_names import AccuracyName, not_stored
from benchmarks.catalogue import BENCHMARKS
from benchmarks.costs import MetricName
from benchmarks.errors import BadInput
from benchmarks.files import content_of_json, put
from benchmarks.space import Benchmark

FILE = Path(__file__).with_name("extents.json")


class Extent(NamedTuple):
    """How many candidates have an accuracy, of how many functional classes, and their indices."""

    candidates: int
    classes: int
    first: int
    last: int


def shipped(truth: str) -> dict[AccuracyName, Extent]:
    """Return what a table that comes with the project has; nothing of others.

    Nor of one whose extents cannot be told: whoever reads it will know.

    Args:
        truth: what the table is called on the command line.
    """
    try:
        listed = content_of_json(FILE)[truth]["accuracies"]
        return {AccuracyName(*name): Extent(*extent) for name, extent in listed}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def shipped_costs(truth: str) -> list[MetricName] | None:
    """Return the names of costs that such a table has; None of others, as of :func:`shipped`."""
    try:
        return [MetricName(*name) for name in content_of_json(FILE)[truth]["costs"]]
    except (OSError, ValueError, TypeError, KeyError):
        return None


def check_stored(space: Benchmark, truth: str, name: AccuracyName) -> Extent | None:
    """Return how many have an accuracy in the table of a benchmark that comes with the project.

    None where ``truth`` is a table of the user's.

    Raises:
        BadInput: the table has no accuracy of that name, or is another benchmark's.
    """
    for other in BENCHMARKS.values():
        if truth == other.truth != space.truth:
            raise BadInput(
                f"`--truth` should be a table of {space.name}. Found `{truth}`, that of "
                f"{other.name}: leave it out, or give another `--benchmark`."
            )
    known = shipped(truth)
    if known and name not in known:
        raise not_stored(name, known)
    return known.get(name)


def extents_of(space: Benchmark) -> dict[AccuracyName, Extent]:
    """Read the table that comes with the project for a benchmark, and return what it has."""
    from benchmarks.sources import read_truth  # pandas comes with it

    table = read_truth(space.truth, 1)
    classes = table.candidates.map(space.representative)
    extents = {}
    for name in table.known():
        index = table.accuracy(name).index
        count = classes[index].nunique()
        extents[name] = Extent(len(index), count, int(index.min()), int(index.max()))
    return extents


def costs_of(space: Benchmark) -> list[MetricName]:
    """Read the table that comes with the project for a benchmark, and return its costs."""
    from benchmarks.sources import read_metrics

    return read_metrics(space.truth).known()


def content() -> bytes:
    """Return what the file should hold."""
    held = {
        space.truth: {
            "accuracies": [[astuple(name), extent] for name, extent in extents_of(space).items()],
            "costs": [astuple(name) for name in costs_of(space)],
        }
        for space in BENCHMARKS.values()
        if space.truth
    }
    return (json.dumps(held) + "\n").encode()


if __name__ == "__main__":
    put(FILE, content())
    sys.stdout.write(f"{FILE.name}: {FILE.stat().st_size / 1e3:.1f} kB\n")
