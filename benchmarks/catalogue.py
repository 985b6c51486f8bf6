"""The benchmarks by name."""

from __future__ import annotations

from benchmarks.errors import BadInput, suggestion
from benchmarks.macro.space import MACRO
from benchmarks.mini.space import MINI
from benchmarks.nasbench201.space import NATS_SSS, NATS_TSS
from benchmarks.space import Benchmark
from benchmarks.transnas.macro import SKELETONS
from benchmarks.transnas.space import MICRO

BENCHMARKS: dict[str, Benchmark] = {
    space.name: space for space in (MINI, NATS_TSS, NATS_SSS, MACRO, MICRO, SKELETONS)
}


def benchmark(name: str) -> Benchmark:
    """Return the benchmark of that name.

    Raises:
        BadInput: there is none; the nearest name is suggested.
    """
    if name not in BENCHMARKS:
        raise BadInput(
            f"A benchmark should be one of {', '.join(BENCHMARKS)}. Found `{name}`."
            f"{suggestion(name, BENCHMARKS)}"
        )
    return BENCHMARKS[name]


SOURCES = (
    "an official NATS-Bench folder or `.pickle.pbz2` file, an official NAS-Bench-201 `.pth` file, "
    "or a `.parquet` table written by `harness import`"
)
"""What accuracies may be read from."""

SELECTIONS = (
    "`all`, `random:N`, `stratified:N`, indices such as `0,11,284`, official strings, or `@FILE`"
)
"""How candidates may be named."""

ATLAS = "atlas"
"""Calls the scores that come with the project, and the official images that they were made on."""

LARGEST_BATCH = 2**16
"""Images of a minibatch, to fit a memory: noise has no end of them."""


def inputs_in_words(images: str, dataset: str, labels: str) -> str:
    """Return what a minibatch is of; the true labels of noise are drawn, independent of it."""
    if images != "noise":
        return f"{dataset}, {labels} labels"
    drawn = "evenly" if labels == "true" else "at random"
    return f"Gaussian noise in place of {dataset}, labels drawn {drawn}"
