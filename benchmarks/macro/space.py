"""NAS-Bench-Macro as a benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from benchmarks.errors import Undefined
from benchmarks.macro.chain import IDENTITY, OPERATIONS, STAGES, Chain, representative
from benchmarks.macro.counts import convolutions, cost
from benchmarks.macro.skeleton import Skeleton
from benchmarks.space import Axis, Benchmark, Cost, Dataset, Examples, Kind

if TYPE_CHECKING:
    from benchmarks.network import Layered

CIFAR10 = Dataset(
    "cifar10",
    10,
    32,
    "ori-test",
    (125.307, 122.950, 113.865),
    (62.993, 62.089, 66.705),
    validation="ori-test",
)
"""Nobody stored other accuracies than these, so a search sees those it is judged by."""


@lru_cache(maxsize=1 << 14)
def _representative(arch: str) -> str:
    """Return what stands for a candidate; a report asks for all of them, several times."""
    return str(representative(Chain.parse(arch)))


@dataclass(frozen=True)
class Macro(Benchmark):
    """Eight layers in three stages, each an identity or one of two inverted bottlenecks.

    ``width`` is that of the stem, ``last`` that of the map which is pooled. An identity inside a
    stage is no layer of the network: it is left out, so no block is an identity.
    """

    width: int = 32
    last: int = 1280

    @property
    def axes(self) -> tuple[Axis, ...]:
        return tuple(Axis(f"layer {i}", OPERATIONS) for i in range(1, sum(STAGES) + 1))

    def encode(self, arch: str) -> tuple[int, ...]:
        return tuple(map(OPERATIONS.index, Chain.parse(arch).operations))

    def decode(self, places: Sequence[int]) -> str:
        return str(Chain(tuple(OPERATIONS[place] for place in places)))

    def representative(self, arch: str) -> str:
        return _representative(arch)

    def around(self, dataset: Dataset) -> Skeleton:
        """Return what surrounds the layers."""
        return Skeleton(self.width, self.last, dataset.classes, dataset.pixels)

    def cost(self, arch: str, dataset: Dataset) -> Cost:
        return cost(Chain.parse(arch), self.around(dataset))

    def live_cost(self, arch: str, dataset: Dataset) -> Cost:
        return self.cost(arch, dataset)

    def convolutions(self, arch: str) -> int:
        return Chain.parse(arch).operations.count("bottleneck_3x3_x3")

    def operations(self, arch: str) -> int:
        return sum(operation != IDENTITY for operation in Chain.parse(arch).operations)

    def depth(self, arch: str) -> int:
        return convolutions(Chain.parse(arch))

    def live_layers(self, arch: str, dataset: Dataset) -> int:
        return convolutions(Chain.parse(arch)) + 3  # stem, last convolution, classifier

    def stackable(self, arch: str, dataset: Dataset) -> str:
        """Return the name: seeds of one candidate stand side by side, for widths differ inside."""
        return arch

    def network(self, archs: Sequence[str], dataset: Dataset, kind: Kind = "whole") -> Layered:
        if kind == "thin":
            raise Undefined("a chain of bottlenecks has no network of one cell on one channel")
        from benchmarks.macro.network import build

        (arch,) = set(archs)
        written = kind == "written"
        return build(Chain.parse(arch), self.around(dataset), len(archs), written=written)

    @property
    def examples(self) -> Examples:
        return Examples(("12021102", "00110200", "20012021"), None, ("10020100", "10002100"))


MACRO = Macro(
    "nas-bench-macro", (CIFAR10,), full_epochs=50, truth="nas-bench-macro", short_epochs=50
)
