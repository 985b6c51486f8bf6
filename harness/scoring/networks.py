"""What scoring starts from: seeds, counts, random draws, and networks with their first weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch

from benchmarks.network import Layered, initialise
from proxies.records import CellCounts, Draw, LiveCounts

if TYPE_CHECKING:
    from benchmarks.space import Benchmark, Dataset
    from harness.passes import Pass


def seed_of(*parts: object) -> int:
    """Return a 63-bit seed that depends on the parts alone, never on order or process."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def cell_counts(benchmark: Benchmark, dataset: Dataset, subject: str, _: int) -> CellCounts:
    """Count what a candidate's name says."""
    kinds = benchmark.convolutions(subject), benchmark.operations(subject)
    return CellCounts(*map(_scalar, (*benchmark.cost(subject, dataset), *kinds)))


def live_counts(benchmark: Benchmark, dataset: Dataset, subject: str, _: int) -> LiveCounts:
    """Count what of a candidate computes something."""
    live, layers = benchmark.live_cost(subject, dataset), benchmark.live_layers(subject, dataset)
    return LiveCounts(*map(_scalar, (*live, benchmark.depth(subject), layers)))


def draw(_: Benchmark, __: Dataset, subject: str, seed: int) -> Draw:
    """Draw a number for a subject and a seed."""
    generator = torch.Generator().manual_seed(seed_of(subject, seed, "draw"))
    return Draw(torch.rand((), generator=generator, dtype=torch.float64))


COUNTED: dict[type, Callable[[Benchmark, Dataset, str, int], Any]] = {
    CellCounts: cell_counts,
    LiveCounts: live_counts,
    Draw: draw,
}
"""Records that need no network, and what makes them."""


def _scalar(count: int) -> torch.Tensor:
    return torch.tensor(count, dtype=torch.float64)


class Networks:
    """The networks of some subjects, side by side: built once a kind, whatever starts them."""

    def __init__(
        self,
        benchmark: Benchmark,
        dataset: Dataset,
        subjects: Sequence[str],
        seeds: Sequence[int],
        device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.benchmark, self.dataset, self.subjects = benchmark, dataset, subjects
        self.seeds = [seed_of(subject, seed) for subject, seed in zip(subjects, seeds, strict=True)]
        self.device, self.dtype = device, dtype
        self.built: dict[str, Layered] = {}

    def __call__(self, pass_: Pass) -> Layered:
        """Return what a pass runs on, initialised as it asks."""
        if pass_.kind not in self.built:
            network = self.benchmark.network(self.subjects, self.dataset, pass_.kind)
            self.built[pass_.kind] = network.on(self.device)
        network = self.built[pass_.kind]
        if self.dtype is torch.float32:  # to walk through all modules takes as long as to draw
            initialise(network, self.seeds, pass_.initialisation)
            return network
        initialise(network.float(), self.seeds, pass_.initialisation)
        return network.to(self.dtype)
