"""The cells of TransNAS-Bench-101 as a benchmark; its tasks are datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from benchmarks.nasbench201.cell import CONVOLUTIONS, EDGES, Cell
from benchmarks.space import Axis, Benchmark, Cost, Dataset, Examples, Kind
from benchmarks.transnas.cell import OPERATIONS, name, parse, representative
from benchmarks.transnas.counts import cost, layers
from benchmarks.transnas.skeleton import Skeleton

if TYPE_CHECKING:
    from benchmarks.network import Layered

PIXELS = 64
"""Of the noise that networks see: a piece of the jigsaw; other tasks were trained on 256."""

SPLIT = "valid"


def _task(task: str, outputs: int, epochs: int) -> Dataset:
    """Return a task; only noise stands in for its images, so nothing is standardised."""
    plain = (0.0,) * 3, (1.0,) * 3
    return Dataset(task, outputs, PIXELS, SPLIT, *plain, validation=SPLIT, epochs=epochs)


TASKS = (
    _task("class_scene", 47, 25),
    _task("class_object", 75, 25),
    _task("room_layout", 9, 25),
    _task("jigsaw", 1000, 10),
    _task("segmentsemantic", 17, 30),
    _task("normal", 3, 30),
    _task("autoencoder", 3, 30),
)
"""With as many outputs as the head has, and epochs of the training.

Classes of scenes and objects; coordinates of a room; permutations of nine pieces; of tasks that
paint a map, its channels.
"""


@lru_cache(maxsize=1 << 14)
def _representative(arch: str) -> str:
    """Return what stands for a candidate; a report asks for all of them, several times."""
    return name(representative(parse(arch)))


@dataclass(frozen=True)
class Micro(Benchmark):
    """Cells of six edges without pooling, in one encoder, trained on seven tasks.

    What is scored is the encoder with a linear head on its pooled map. A task's own loss and its
    decoder are no part of a candidate, and its images are not to be had; so inputs are noise, and
    where a proxy reads a loss it is the cross-entropy of the head with classes drawn independently
    of the inputs, on all tasks alike. Two tasks with as many outputs have the same scores.
    ``width`` is that of the stem.
    """

    width: int = 64

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(Axis(f"{source}-{target}", OPERATIONS) for source, target in EDGES)

    def encode(self, arch: str) -> tuple[int, ...]:
        return tuple(map(OPERATIONS.index, parse(arch).operations))

    def decode(self, places: Sequence[int]) -> str:
        return name(Cell(tuple(OPERATIONS[place] for place in places)))

    def representative(self, arch: str) -> str:
        return _representative(arch)

    def around(self, dataset: Dataset) -> Skeleton:
        """Return what surrounds every cell."""
        return Skeleton(self.width, dataset.classes, dataset.pixels)

    def cost(self, arch: str, dataset: Dataset) -> Cost:
        return cost(parse(arch), self.around(dataset))

    def live_cost(self, arch: str, dataset: Dataset) -> Cost:
        cell = parse(arch)
        return cost(cell.live, self.around(dataset)) if cell.connected else Cost(0, 0)

    def convolutions(self, arch: str) -> int:
        return parse(arch).count("nor_conv_3x3")

    def operations(self, arch: str) -> int:
        return sum(map(parse(arch).count, CONVOLUTIONS))

    def depth(self, arch: str) -> int:
        return parse(arch).depth

    def live_layers(self, arch: str, dataset: Dataset) -> int:
        return layers(parse(arch), self.around(dataset))

    def stackable(self, arch: str, dataset: Dataset) -> Skeleton:
        return self.around(dataset)

    def network(self, archs: Sequence[str], dataset: Dataset, kind: Kind = "whole") -> Layered:
        from benchmarks.nasbench201.thin import thin
        from benchmarks.transnas.network import build

        cells = [parse(arch) for arch in archs]
        return thin(cells) if kind == "thin" else build(cells, self.around(dataset))

    @property
    def examples(self) -> Examples:
        return Examples(
            ("64-41414-3_21_032", "64-41414-2_03_102", "64-41414-1_30_031"),
            "64-41414-3_00_000",
            ("64-41414-3_00_020", "64-41414-0_30_002"),
        )


MICRO = Micro(
    "transnas-micro",
    TASKS,
    full_epochs=25,
    truth="transnas-micro",
    images="noise",
    short_epochs=25,
)
