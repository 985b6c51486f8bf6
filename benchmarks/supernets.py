"""The supernet of each benchmark whose candidates share operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.nasbench201.space import Topology
from benchmarks.space import Benchmark, Dataset

if TYPE_CHECKING:
    from benchmarks.supernet import Supernet


def supernet(space: Benchmark, dataset: Dataset, cells: int = 0) -> Supernet:
    """Return the supernet of a benchmark, parameters uninitialised.

    Apart from the benchmark, so that no score of single networks depends on how they are shared.

    Args:
        space: whose operations it holds.
        dataset: for resolution and classes.
        cells: of a stage, where they should be fewer than those of the candidates.

    Raises:
        BadInput: the space has no supernet here.
    """
    topology = _topology(space)
    from benchmarks.nasbench201.supernet import supernet as of_cells

    return of_cells(replace(topology, cells=cells or topology.cells).around(dataset))


def check_supernet(space: Benchmark, images: str, labels: str = "true", instead: str = "") -> None:
    """Refuse what no supernet is built for or can be trained on, before anything is read.

    Args:
        space: whose operations it would hold.
        images: as the user named them, empty where there are none.
        labels: ``true`` or ``random``.
        instead: what else to do than to give images, in words.

    Raises:
        BadInput: the space has no supernet here, or the images have nothing to be learned.
    """
    _topology(space)
    if not images:
        raise BadInput(
            f"`--images` should be given for {space.name}, as a supernet is trained on them: those "
            f"of the dataset{instead}."
        )
    if images == "noise" or labels == "random":
        found = "`--images noise`" if images == "noise" else "`--labels random`"
        raise BadInput(
            f"A supernet should be trained on images of known classes. Found {found}: give the "
            f"dataset's images and true labels{instead}."
        )


def _topology(space: Benchmark) -> Topology:
    if isinstance(space, Topology):
        return space
    known = [name for name, other in BENCHMARKS.items() if isinstance(other, Topology)]
    raise BadInput(
        f"A supernet should be of a space of cells that has one here, {' or '.join(known)}. "
        f"{space.name} has none: choose another `--benchmark`."
    )
