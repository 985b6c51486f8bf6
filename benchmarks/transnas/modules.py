"""The macro space of TransNAS-Bench-101: four to six modules, each of which may widen or halve."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from benchmarks.errors import BadInput
from benchmarks.transnas.skeleton import Placed

DOES = ("keep", "widen", "halve", "widen and halve")
"""By the digit less 1 that names it: what a module's first block does to its map."""

ABSENT = "none"
"""What stands where there is no further module."""

LENGTHS = (4, 5, 6)
WIDENED, HALVED = (1, 2, 3), (1, 2, 3, 4)
"""How many modules widen, and how many halve."""

_NAME = re.compile(r"64-([1-4]{4,6})-basic")


@dataclass(frozen=True, slots=True, order=True)
class Modules:
    """A candidate of the macro space: what each module does, of two residual blocks.

    Source: Duan et al., TransNAS-Bench-101, CVPR 2021, arXiv:2105.11871.
    """

    does: tuple[str, ...]

    @classmethod
    def parse(cls, string: str) -> Modules:
        """Read the official string ``64-abcdef-basic``, a digit a module.

        Raises:
            BadInput: the string is not of that form, or names no candidate.
        """
        match = _NAME.fullmatch(string)
        if match is None:
            raise BadInput(
                "A network of TransNAS-Bench-101's macro space should read `64-abcd-basic`, with "
                f"four to six digits of 1 to 4. Found `{string}`."
            )
        return cls(tuple(DOES[int(digit) - 1] for digit in match[1])).checked()

    @classmethod
    def chosen(cls, does: Sequence[str]) -> Modules:
        """Return the candidate of six choices, of which the last may be :data:`ABSENT`.

        Raises:
            BadInput: they are none.
        """
        there = tuple(one for one in does if one != ABSENT)
        if ABSENT in does[: len(there)]:
            raise BadInput(f"Modules should follow one another. Found {', '.join(does)}.")
        return cls(there).checked()

    def checked(self) -> Modules:
        """Return it, where it is a candidate.

        Raises:
            BadInput: too many modules or none widen, or halve.
        """
        widened, halved = (sum(word in one for one in self.does) for word in ("widen", "halve"))
        if len(self.does) in LENGTHS and widened in WIDENED and halved in HALVED:
            return self
        raise BadInput(
            "A network of TransNAS-Bench-101's macro space should have four to six modules, of "
            f"which one to three widen and one to four halve. Found `{self}`."
        )

    def __str__(self) -> str:
        return f"64-{''.join(str(DOES.index(one) + 1) for one in self.does)}-basic"

    def stages(self, width: int, pixels: int) -> list[list[Placed]]:
        """Return the places of the blocks of each resolution, given what the stem puts out."""
        stages: list[list[Placed]] = []
        for one in self.does:
            outputs = 2 * width if "widen" in one else width
            stride = 2 if "halve" in one else 1
            pixels //= stride
            if stride == 2 or not stages:
                stages.append([])
            stages[-1] += [
                Placed(width, outputs, stride, pixels),
                Placed(outputs, outputs, 1, pixels),
            ]
            width = outputs
        return stages


def every_candidate() -> Iterator[Modules]:
    """Yield all 3,256 candidates, the shortest first, in the order of their digits."""
    for length in LENGTHS:
        for does in product(DOES, repeat=length):
            widened, halved = (sum(word in one for one in does) for word in ("widen", "halve"))
            if widened in WIDENED and halved in HALVED:
                yield Modules(does)
