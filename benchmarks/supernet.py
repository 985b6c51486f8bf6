"""One network that holds every operation of a space, and candidates as paths through it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from benchmarks.network import Layered, Network


class Shared(NamedTuple):
    """A convolution that candidates share: ``name`` is that of its place and kind in every cell.

    ``stages`` holds the modules of that name, a list a stage: each puts out a normalised map, and
    its first part is the convolution.
    """

    name: str
    stages: list[list[nn.Sequential]]


class Supernet(Layered):
    """Every operation on every edge, of which a candidate runs those that it has.

    A candidate is given as the places of its choices, one an axis, as ``Benchmark.encode`` gives
    them. What its network would leave out, for it leads nowhere, does not run here either.
    """

    @abstractmethod
    def live(self, places: Sequence[int]) -> tuple[int, ...]:
        """Return the candidate that has nothing which leads nowhere, and else is this one.

        Candidates that share it are one network here. Those of one functional class need not be:
        they may run other operations.
        """

    @abstractmethod
    def path(self, places: Sequence[int]) -> tuple[str, ...]:
        """Return the names of the operations that a candidate runs, in their order."""

    @abstractmethod
    def run(self, x: Tensor, places: Sequence[int]) -> tuple[Tensor, list[Tensor]]:
        """Return a candidate's logits, (N, classes), and the map that each of its cells puts out.

        ``x`` are images (N, 3, pixels, pixels).
        """

    @abstractmethod
    def shared(self, name: str) -> Shared | None:
        """Return the convolution of that name on a path; none where it names no convolution."""

    @abstractmethod
    def child(self, places: Sequence[int]) -> Network:
        """Return the candidate's own network, with a copy of the weights that it has here."""
