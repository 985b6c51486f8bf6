"""The benchmarks by name: what a candidate is, which data it is judged on, how it is built."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.cell import Cell, representative
from benchmarks.counts import Cost, cost, layers
from benchmarks.errors import BadInput, suggestion
from benchmarks.network import Network, Skeleton, build
from benchmarks.size import SIZE_CELL, Widths


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images of ``classes`` kinds, (3, pixels, pixels), and how they were standardised.

    ``split`` is the test split of the benchmark's tables; ``mean`` and ``std`` are per channel, on
    the scale 0 to 255.
    """

    name: str
    classes: int
    pixels: int
    split: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


_CIFAR10 = (125.3, 123.0, 113.9), (63.0, 62.1, 66.7)
_CIFAR100 = (129.3, 124.1, 112.4), (68.2, 65.4, 70.4)
_IMAGENET16 = (122.68, 116.66, 104.01), (63.22, 61.26, 65.09)

NATS_DATASETS = (
    Dataset("cifar10", 10, 32, "ori-test", *_CIFAR10),
    Dataset("cifar10-valid", 10, 32, "x-valid", *_CIFAR10),
    Dataset("cifar100", 100, 32, "x-test", *_CIFAR100),
    Dataset("ImageNet16-120", 120, 16, "x-test", *_IMAGENET16),
)

DIGITS = Dataset("digits", 10, 12, "x-test", (75.96, 76.08, 76.49), (60.93, 61.25, 61.03))

EMBEDDED = "embedded"
"""What to give as truth and as images for those that come with the project."""


@dataclass(frozen=True)
class Benchmark(ABC):
    """A family of candidates, named by strings, with the datasets they were trained on."""

    name: str
    datasets: tuple[Dataset, ...]
    full_epochs: int

    def dataset(self, name: str) -> Dataset:
        """Return the dataset of that name.

        Raises:
            BadInput: there is none; the nearest name is suggested.
        """
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        known = [dataset.name for dataset in self.datasets]
        raise BadInput(
            f"A dataset of {self.name} should be one of {', '.join(known)}. Found `{name}`."
            f"{suggestion(name, known)}"
        )

    @abstractmethod
    def representative(self, arch: str) -> str:
        """Return the candidate that stands for all that compute the same function.

        Raises:
            BadInput: ``arch`` does not name a candidate of this benchmark.
        """

    @abstractmethod
    def cell(self, arch: str) -> Cell:
        """Return the candidate's cell, as it is written."""

    @abstractmethod
    def skeleton(self, arch: str, dataset: Dataset) -> Skeleton:
        """Return what surrounds the candidate's cell."""

    def network(self, archs: Sequence[str], dataset: Dataset, *, written: bool = False) -> Network:
        """Build candidates side by side, live operations only or as written, uninitialised.

        Raises:
            ValueError: they have more than one skeleton.
        """
        (skeleton,) = {self.skeleton(arch, dataset) for arch in archs}
        return build([self.cell(arch) for arch in archs], skeleton, written=written)

    def cost(self, arch: str, dataset: Dataset) -> Cost:
        """Return parameters and FLOPs as the benchmark counts them, dead operations included."""
        return cost(self.cell(arch), self.skeleton(arch, dataset))

    def live_cost(self, arch: str, dataset: Dataset) -> Cost:
        """Return parameters and FLOPs on input-to-output paths; zero where there is no path."""
        cell = self.cell(arch)
        return cost(cell.live, self.skeleton(arch, dataset)) if cell.connected else Cost(0, 0)

    def live_layers(self, arch: str, dataset: Dataset) -> int:
        """Return how many convolutions and classifiers lie on input-to-output paths."""
        return layers(self.cell(arch), self.skeleton(arch, dataset))


@dataclass(frozen=True)
class Topology(Benchmark):
    """Cells of six edges in a fixed skeleton: NAS-Bench-201, NATS-Bench's topology space."""

    width: int
    cells: int

    def skeleton(self, arch: str, dataset: Dataset) -> Skeleton:
        return self.around(dataset)

    def around(self, dataset: Dataset) -> Skeleton:
        """Return the skeleton around every cell: widths C, 2C, 4C."""
        c = self.width
        widths = (c, 2 * c, 2 * c, 4 * c, 4 * c)
        return Skeleton(widths, self.cells, dataset.classes, dataset.pixels)

    def representative(self, arch: str) -> str:
        return str(representative(Cell.parse(arch)))

    def cell(self, arch: str) -> Cell:
        return Cell.parse(arch)


@dataclass(frozen=True)
class Size(Benchmark):
    """Five widths on one fixed cell: the size space of NATS-Bench."""

    def skeleton(self, arch: str, dataset: Dataset) -> Skeleton:
        return Skeleton(Widths.parse(arch).channels, 1, dataset.classes, dataset.pixels)

    def representative(self, arch: str) -> str:
        return str(Widths.parse(arch))

    def cell(self, arch: str) -> Cell:
        Widths.parse(arch)
        return SIZE_CELL


MINI = Topology("mini", (DIGITS,), full_epochs=3, width=8, cells=2)
"""The embedded benchmark: the skeleton of NAS-Bench-201, small."""

BENCHMARKS: dict[str, Benchmark] = {
    benchmark.name: benchmark
    for benchmark in (
        MINI,
        Topology("nats-tss", NATS_DATASETS, full_epochs=200, width=16, cells=5),
        Size("nats-sss", NATS_DATASETS, full_epochs=90),
    )
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
