"""The supernet of each benchmark whose candidates share operations."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.nasbench201.space import Topology
from benchmarks.space import Benchmark, Dataset
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
    if not isinstance(space, Topology):
        known = [name for name, other in BENCHMARKS.items() if isinstance(other, Topology)]
        raise BadInput(
            f"A supernet should be of a space of cells that has one here, {' or '.join(known)}. "
            f"{space.name} has none: choose another `--benchmark`."
        )
    from benchmarks.nasbench201.supernet import supernet as of_cells

    return of_cells(replace(space, cells=cells or space.cells).around(dataset))
