"""The macro space of TransNAS-Bench-101 as a benchmark; its tasks are datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.errors import Undefined
from benchmarks.space import Axis, Benchmark, Cost, Dataset, Examples, Kind
from benchmarks.transnas.counts import cost_of_modules
from benchmarks.transnas.modules import ABSENT, DOES, LENGTHS, Modules
from benchmarks.transnas.space import TASKS

if TYPE_CHECKING:
    from benchmarks.network import Layered

BLOCKS, CONVOLUTIONS = 2, 2
"""Blocks of a module, and 3x3 convolutions of a block."""


@dataclass(frozen=True)
class MacroSkeletons(Benchmark):
    """Four to six modules of two residual blocks, which widen the map or halve it or neither.

    What is scored, and on what, is as in the micro space. Not every choice of the axes is a
    candidate. Two candidates never compute one function. ``width`` is that of the stem.
    """

    width: int = 64

    @property
    def axes(self) -> tuple[Axis, ...]:
        fewest, most = LENGTHS[0], LENGTHS[-1]
        return tuple(
            Axis(f"module {i}", DOES if i <= fewest else (ABSENT, *DOES))
            for i in range(1, most + 1)
        )

    def encode(self, arch: str) -> tuple[int, ...]:
        does = Modules.parse(arch).does
        filled = (*does, *[ABSENT] * (len(self.axes) - len(does)))
        return tuple(axis.choices.index(one) for axis, one in zip(self.axes, filled, strict=True))

    def decode(self, places: Sequence[int]) -> str:
        chosen = zip(self.axes, places, strict=True)
        return str(Modules.chosen([axis.choices[place] for axis, place in chosen]))

    def representative(self, arch: str) -> str:
        return str(Modules.parse(arch))

    def cost(self, arch: str, dataset: Dataset) -> Cost:
        return cost_of_modules(Modules.parse(arch), self.width, dataset.classes, dataset.pixels)

    def live_cost(self, arch: str, dataset: Dataset) -> Cost:
        return self.cost(arch, dataset)

    def convolutions(self, arch: str) -> int:
        return len(Modules.parse(arch).does) * BLOCKS * CONVOLUTIONS

    def operations(self, arch: str) -> int:
        return len(Modules.parse(arch).does)

    def depth(self, arch: str) -> int:
        return self.convolutions(arch)

    def live_layers(self, arch: str, dataset: Dataset) -> int:
        shortcuts = sum(one != "keep" for one in Modules.parse(arch).does)
        return self.convolutions(arch) + shortcuts + 3  # two of the stem, and the head

    def stackable(self, arch: str, dataset: Dataset) -> str:
        """Return the name: seeds of one candidate stand side by side, for maps differ in shape."""
        return arch

    def network(self, archs: Sequence[str], dataset: Dataset, kind: Kind = "whole") -> Layered:
        if kind == "thin":
            raise Undefined("a stack of residual blocks has no network of one cell on one channel")
        from benchmarks.transnas.residual import build

        (arch,) = set(archs)
        return build(Modules.parse(arch), self.width, dataset.classes, len(archs))

    @property
    def examples(self) -> Examples:
        return Examples(("64-1234-basic", "64-313124-basic", "64-414114-basic"), None, None)


SKELETONS = MacroSkeletons(
    "transnas-macro",
    TASKS,
    full_epochs=25,
    truth="transnas-macro",
    images="noise",
    short_epochs=25,
)
