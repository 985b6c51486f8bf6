"""A chain of eight layers in three stages, and what of it computes something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from benchmarks.errors import BadInput

IDENTITY = "identity"
OPERATIONS = (IDENTITY, "bottleneck_3x3_x3", "bottleneck_5x5_x6")
"""By the digit that names them: nothing, or an inverted bottleneck, its kernel and expansion."""

SHAPES = {"bottleneck_3x3_x3": (3, 3), "bottleneck_5x5_x6": (5, 6)}
"""Kernel, and expansion of the width inside."""

STAGES = (2, 3, 3)
"""Layers of each stage; the first halves the resolution and doubles the width."""


@dataclass(frozen=True, slots=True, order=True)
class Chain:
    """A candidate of NAS-Bench-Macro: one operation for each of eight layers.

    The first layer of a stage changes the shape of the map, so that there even the identity is a
    layer with weights, a 1x1 convolution and its normalisation. Source: Su et al., Prioritized
    Architecture Sampling with Monte-Carlo Tree Search, CVPR 2021, arXiv:2103.11922.
    """

    operations: tuple[str, ...]

    @classmethod
    def parse(cls, string: str) -> Chain:
        """Read the official string, a digit a layer.

        Raises:
            BadInput: the string is not of that form.
        """
        digits = [str(digit) for digit in range(len(OPERATIONS))]
        if len(string) != sum(STAGES) or not set(string) <= set(digits):
            raise BadInput(
                f"A candidate of NAS-Bench-Macro should read as {sum(STAGES)} digits, each of "
                f"{', '.join(digits)}. Found `{string}`."
            )
        return cls(tuple(OPERATIONS[int(digit)] for digit in string))

    def __str__(self) -> str:
        return "".join(str(OPERATIONS.index(operation)) for operation in self.operations)

    @property
    def stages(self) -> tuple[tuple[str, ...], ...]:
        """The operations of each stage, as they are written."""
        remaining = iter(self.operations)
        return tuple(tuple(next(remaining) for _ in range(count)) for count in STAGES)

    @property
    def live(self) -> tuple[tuple[str, ...], ...]:
        """The operations of each stage without the identities that pass a map on as it is."""
        return tuple(
            (first, *(operation for operation in rest if operation != IDENTITY))
            for first, *rest in self.stages
        )


def every_chain() -> Iterator[Chain]:
    """Yield all 3^8 = 6,561 candidates, in the order of their strings."""
    return (Chain(operations) for operations in product(OPERATIONS, repeat=sum(STAGES)))


def representative(chain: Chain) -> Chain:
    """Return the candidate that stands for all that compute the same function.

    Where in a stage an identity stands does not matter, but for its first layer: here they stand
    last, as in the 3,969 networks that the benchmark's authors trained. Kernels and expansions
    differ otherwise, so these are all the classes.
    """
    filled = (
        (*live, *[IDENTITY] * (count - len(live)))
        for live, count in zip(chain.live, STAGES, strict=True)
    )
    return Chain(sum(filled, ()))
