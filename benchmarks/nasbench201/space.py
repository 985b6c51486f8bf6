"""NAS-Bench-201 and the two spaces of NATS-Bench as benchmarks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from benchmarks.nasbench201.cell import CONVOLUTIONS, EDGES, OPERATIONS, Cell, representative
from benchmarks.nasbench201.counts import cost, layers
from benchmarks.nasbench201.size import CHANNELS, SIZE_CELL, Widths
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.space import BUILT_IN, Axis, Benchmark, Cost, Dataset, Examples, Kind

if TYPE_CHECKING:
    from benchmarks.network import Layered

_CIFAR10 = (125.3, 123.0, 113.9), (63.0, 62.1, 66.7)
_CIFAR100 = (129.3, 124.1, 112.4), (68.2, 65.4, 70.4)
_IMAGENET16 = (122.68, 116.66, 104.01), (63.22, 61.26, 65.09)

DATASETS = (
    Dataset("cifar10", 10, 32, "ori-test", *_CIFAR10),
    Dataset("cifar10-valid", 10, 32, "x-valid", *_CIFAR10, part_of="cifar10"),
    Dataset("cifar100", 100, 32, "x-test", *_CIFAR100),
    Dataset("ImageNet16-120", 120, 16, "x-test", *_IMAGENET16),
)


class _Cells(Benchmark):
    """Candidates that are a cell in a skeleton."""

    @abstractmethod
    def cell(self, arch: str) -> Cell:
        """Return the candidate's cell, as it is written."""

    @abstractmethod
    def skeleton(self, arch: str, dataset: Dataset) -> Skeleton:
        """Return what surrounds the candidate's cell."""

    def stackable(self, arch: str, dataset: Dataset) -> Skeleton:
        return self.skeleton(arch, dataset)

    def network(self, archs: Sequence[str], dataset: Dataset, kind: Kind = "whole") -> Layered:
        from benchmarks.nasbench201.network import build
        from benchmarks.nasbench201.thin import thin

        cells = [self.cell(arch) for arch in archs]
        if kind == "thin":
            return thin(cells)
        (skeleton,) = {self.skeleton(arch, dataset) for arch in archs}
        return build(cells, skeleton, written=kind == "written")

    def cost(self, arch: str, dataset: Dataset) -> Cost:
        return cost(self.cell(arch), self.skeleton(arch, dataset))

    def live_cost(self, arch: str, dataset: Dataset) -> Cost:
        cell = self.cell(arch)
        return cost(cell.live, self.skeleton(arch, dataset)) if cell.connected else Cost(0, 0)

    def convolutions(self, arch: str) -> int:
        return self.cell(arch).count("nor_conv_3x3")

    def operations(self, arch: str) -> int:
        return sum(map(self.cell(arch).count, CONVOLUTIONS))

    def depth(self, arch: str) -> int:
        return self.cell(arch).depth

    def live_layers(self, arch: str, dataset: Dataset) -> int:
        return layers(self.cell(arch), self.skeleton(arch, dataset))


@lru_cache(maxsize=1 << 14)
def _representative(arch: str) -> str:
    """Return what stands for a candidate; a report asks for all of them, several times."""
    return str(representative(Cell.parse(arch)))


@dataclass(frozen=True)
class Topology(_Cells):
    """Cells of six edges in a fixed skeleton: NAS-Bench-201, NATS-Bench's topology space.

    ``width`` is that of the first stage, which the next ones double; ``cells`` are those of a
    stage.
    """

    width: int = 16
    cells: int = 5

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(
            Axis(f"{source}-{target}", OPERATIONS, f"node {target}") for source, target in EDGES
        )

    def encode(self, arch: str) -> tuple[int, ...]:
        return tuple(map(OPERATIONS.index, self.cell(arch).operations))

    def decode(self, places: Sequence[int]) -> str:
        return str(Cell(tuple(OPERATIONS[place] for place in places)))

    def skeleton(self, arch: str, dataset: Dataset) -> Skeleton:
        return self.around(dataset)

    def around(self, dataset: Dataset) -> Skeleton:
        """Return the skeleton around every cell: widths C, 2C, 4C."""
        c = self.width
        widths = (c, 2 * c, 2 * c, 4 * c, 4 * c)
        return Skeleton(widths, self.cells, dataset.classes, dataset.pixels)

    def relaxed(self, dataset: Dataset) -> Layered:
        from benchmarks.nasbench201.relaxed import relaxed

        return relaxed(self.around(dataset))

    def representative(self, arch: str) -> str:
        return _representative(arch)

    def cell(self, arch: str) -> Cell:
        return Cell.parse(arch)

    @property
    def examples(self) -> Examples:
        return Examples(
            (
                "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|"
                "+|avg_pool_3x3~0|nor_conv_3x3~1|none~2|",
                "|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|",
                "|skip_connect~0|+|avg_pool_3x3~0|none~1|+|none~0|nor_conv_3x3~1|skip_connect~2|",
            ),
            "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|",
            (
                "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|nor_conv_1x1~1|none~2|",
                "|none~0|+|nor_conv_3x3~0|none~1|+|none~0|none~1|nor_conv_1x1~2|",
            ),
        )


@dataclass(frozen=True)
class Size(_Cells):
    """Five widths on one fixed cell: the size space of NATS-Bench."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        names = ("stem", "reduction 1", "stage 2", "reduction 2", "stage 3")
        return tuple(Axis(name, tuple(map(str, CHANNELS))) for name in names)

    def encode(self, arch: str) -> tuple[int, ...]:
        return tuple(map(CHANNELS.index, Widths.parse(arch).channels))

    def decode(self, places: Sequence[int]) -> str:
        a, b, c, d, e = (CHANNELS[place] for place in places)
        return str(Widths((a, b, c, d, e)))

    def skeleton(self, arch: str, dataset: Dataset) -> Skeleton:
        return Skeleton(Widths.parse(arch).channels, 1, dataset.classes, dataset.pixels)

    def representative(self, arch: str) -> str:
        return str(Widths.parse(arch))

    def cell(self, arch: str) -> Cell:
        Widths.parse(arch)
        return SIZE_CELL

    @property
    def examples(self) -> Examples:
        return Examples(("8:16:24:32:40", "16:8:8:64:24", "32:32:32:32:32"), None, None)


NATS_TSS = Topology("nats-tss", DATASETS, full_epochs=200, truth=BUILT_IN, short_epochs=12)
NATS_SSS = Size("nats-sss", DATASETS, full_epochs=90, short_epochs=12)
