"""What a benchmark offers: its candidates, the data they are judged on, and how they are built."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from benchmarks.errors import BadInput, suggestion

if TYPE_CHECKING:
    from benchmarks.network import Layered

EMBEDDED = "embedded"
"""What to give as truth and as images for those of the embedded benchmark."""

BUILT_IN = "built-in"
"""What to give as truth for the accuracies of NAS-Bench-201 that come with the project."""

Kind = Literal["whole", "written", "thin"]
"""A candidate's network: ``whole``, as ``written``, or its ``thin`` part alone.

The whole network is that which the benchmark trains, of what computes something. As written it also
holds what leads nowhere, so what is seen of it belongs to the candidate's name and not to its
function. The thin network is the searched part on one channel, with nothing around it.
"""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images of ``classes`` kinds, (3, pixels, pixels), and how they were standardised.

    ``split`` is the test split of the benchmark's tables; ``mean`` and ``std`` are per channel, on
    the scale 0 to 255; ``part_of`` names the dataset whose training images it takes a part of.
    Searches read the ``validation`` split. ``epochs`` are those of its full training, 0 where it is
    as long as that of the benchmark's other datasets.
    """

    name: str
    classes: int
    pixels: int
    split: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    part_of: str = field(default="", repr=False)  # no score depends on it, or on what follows
    validation: str = field(default="x-valid", repr=False)
    epochs: int = field(default=0, repr=False)


class Cost(NamedTuple):
    """Trainable parameters, and multiply-accumulates of one image."""

    params: int
    flops: int


class Axis(NamedTuple):
    """One choice that a candidate consists of, and what it chooses among.

    Axes of one ``group`` belong together: the edges that lead to one node.
    """

    name: str
    choices: tuple[str, ...]
    group: str = ""


class Examples(NamedTuple):
    """Candidates that checks are run on.

    Three ``connected`` ones that differ, a ``disconnected`` one, and two names of one function;
    None where a benchmark has no such.
    """

    connected: tuple[str, str, str]
    disconnected: str | None
    isomorphic: tuple[str, str] | None


@dataclass(frozen=True)
class Benchmark(ABC):
    """A family of candidates, named by strings, with the datasets they were trained on.

    Attributes:
        name: as on the command line.
        datasets: the first is the default.
        full_epochs: of the training whose accuracy is judged by default.
        truth: what to read as accuracies where none is given; empty if there is no such.
        images: what to read as images where none is given; empty if there is no such.
        sample_of: the larger population that the candidates were drawn from, empty if they are all.
        short_epochs: of the training that a search pays for by default, 0 if there is none.
    """

    name: str
    datasets: tuple[Dataset, ...]
    full_epochs: int
    truth: str = ""
    images: str = ""
    sample_of: str = field(default="", repr=False)  # no score depends on it, or on what follows
    short_epochs: int = field(default=0, repr=False)

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

    def epochs(self, dataset: Dataset) -> int:
        """Return how long the training is whose accuracy is judged by default."""
        return dataset.epochs or self.full_epochs

    @property
    @abstractmethod
    def axes(self) -> tuple[Axis, ...]:
        """The choices that make a candidate; some combinations of them may be none."""

    @abstractmethod
    def encode(self, arch: str) -> tuple[int, ...]:
        """Return a candidate as the places of its choices, one an axis.

        Raises:
            BadInput: ``arch`` does not name a candidate of this benchmark.
        """

    @abstractmethod
    def decode(self, places: Sequence[int]) -> str:
        """Return the candidate of these choices, the inverse of :meth:`encode`.

        Raises:
            BadInput: this combination is no candidate.
        """

    @abstractmethod
    def representative(self, arch: str) -> str:
        """Return the candidate that stands for all that compute the same function.

        Raises:
            BadInput: ``arch`` does not name a candidate of this benchmark.
        """

    @abstractmethod
    def cost(self, arch: str, dataset: Dataset) -> Cost:
        """Return parameters and FLOPs as the benchmark counts them, dead operations included."""

    @abstractmethod
    def live_cost(self, arch: str, dataset: Dataset) -> Cost:
        """Return parameters and FLOPs on input-to-output paths; zero where there is no path."""

    @abstractmethod
    def convolutions(self, arch: str) -> int:
        """Return how many 3x3 convolutions the candidate's name has, dead ones included."""

    @abstractmethod
    def operations(self, arch: str) -> int:
        """Return how many of its choices are convolutions or blocks of them, dead ones included.

        The others are identities, skips, pooling, or nothing.
        """

    @abstractmethod
    def depth(self, arch: str) -> int:
        """Return the most convolutions on one path through the searched part."""

    @abstractmethod
    def live_layers(self, arch: str, dataset: Dataset) -> int:
        """Return how many convolutions and classifiers lie on input-to-output paths."""

    @abstractmethod
    def stackable(self, arch: str, dataset: Dataset) -> Hashable:
        """Return what candidates have to have in common to stand side by side in one network."""

    @abstractmethod
    def network(self, archs: Sequence[str], dataset: Dataset, kind: Kind = "whole") -> Layered:
        """Build candidates side by side, parameters uninitialised.

        Raises:
            Undefined: the benchmark has no network of that kind.
            ValueError: they cannot stand side by side.
        """

    def relaxed(self, dataset: Dataset) -> Layered:
        """Build one network of all candidates, which takes a weight for every choice of every axis.

        Parameters are uninitialised. Its call takes images and a row of weights an axis.

        Raises:
            BadInput: nobody has built one for this benchmark.
        """
        raise BadInput(
            f"{self.name} has no one-shot network on {dataset.name}: leave out what uses one."
        )

    @property
    @abstractmethod
    def examples(self) -> Examples:
        """Candidates for checks."""
