"""What an argument may be: numbers, text, candidates, and names that are no path."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence

from benchmarks.catalogue import BENCHMARKS, LARGEST_BATCH, SELECTIONS
from benchmarks.errors import BadInput
from benchmarks.printable import printable
from harness.options.completion import benchmarks, datasets
from harness.runs.forms import part_of, whole_number

IMAGES = (
    "cifar10 or cifar100 (fetched once), `atlas` (those of cifar10 that stored scores were made "
    "on), a folder of official CIFAR or ImageNet16 batches, an `.npz` file, or `noise`"
)


def not_negative(text: str) -> float:
    """Return a number of at least 0."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(
            f"should be a number of at least 0, found `{printable(text)}`"
        )
    return value


def between(least: int, most: int) -> Callable[[str], int]:
    """Return what reads a whole number of at least ``least`` and at most ``most``."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= whole_number(text) <= most:
            raise argparse.ArgumentTypeError(
                f"should be a whole number of at least {least} and at most {most:,}, found "
                f"`{printable(text)}`"
            )
        return int(text)

    return read


positive = between(1, 10**6)
"""Reads a count that is given one by one: epochs, pairs, candidates."""

natural = between(0, 10**6)
"""Reads a number that may be 0: a training seed, candidates that are taken beside others."""

batch = between(2, LARGEST_BATCH)
"""Reads a number of images in a minibatch, which has a variance and fits a memory."""

seeds = between(1, 10**4)
"""Reads a number of repetitions, each of which is a row of every table."""

processes = between(1, 2**12)
"""Reads a number of processes."""


CANDIDATE = r"(?:\d+|\d+(?::\d+)+|\d+-\d+-\w+|\|[\w|~+]+\|)"
"""The form of an index or of an official string of any benchmark."""


def selection(text: str) -> str:
    """Return what names candidates, having the form of one of ``SELECTIONS``."""
    forms = rf"all|(random|stratified):\d+|@.+|{CANDIDATE}(,({CANDIDATE})?)*"
    if not re.fullmatch(forms, text, re.ASCII | re.DOTALL):
        raise argparse.ArgumentTypeError(f"should be {SELECTIONS}, found `{printable(text)}`")
    return text


def shard(text: str) -> str:
    """Return what names a part of several."""
    if part_of(text) is None:
        raise argparse.ArgumentTypeError(
            f"should be i/n with 1 <= i <= n, found `{printable(text)}`"
        )
    return text


def scheduler(text: str) -> str:
    """Return what has the form of a Dask scheduler's address."""
    if not re.fullmatch(r"\w+://\S+|[^\s/]+:\d{1,5}", text):
        raise argparse.ArgumentTypeError(
            "should be the address of a Dask scheduler with workers, such as "
            f"`tcp://127.0.0.1:8786`, found `{printable(text)}`"
        )
    return text


def device(text: str) -> str:
    """Return what names a device."""
    if not re.fullmatch(r"auto|cpu|cuda(:\d{1,4})?", text):
        raise argparse.ArgumentTypeError(
            f"should be auto, cpu, cuda or cuda:i, found `{printable(text)}`"
        )
    return text


def add_device(command: argparse.ArgumentParser) -> None:
    """Add the option that names a device."""
    said = "auto, cpu, cuda or cuda:i (default: %(default)s)"
    command.add_argument("--device", type=device, default="auto", help=said)


def checked(words: Sequence[str]) -> Sequence[str]:
    """Return the words of a command line, or the settings of a notebook, that are text.

    Raises:
        BadInput: one holds what no file's name or sentence may.
    """
    for word in words:
        try:
            word.encode("utf-8")
            unusable = "\0" in word
        except UnicodeEncodeError:
            unusable = True
        if unusable:
            raise BadInput(
                "What is given should be UTF-8 text, without a NUL. Found "
                f"`{printable(word)}`: rename what it names."
            )
    return words


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
