"""Which atlases there are, told by the names of their files alone."""

from __future__ import annotations

from pathlib import Path

from benchmarks.catalogue import benchmark
from benchmarks.errors import BadInput, suggestion
from benchmarks.printable import printable

FOLDER = Path(__file__).parent
"""Where the stored scores are."""


def atlases() -> list[str]:
    """Return the names of the atlases that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.parquet"))


def kinds_of(name: str) -> list[str]:
    """Return what a benchmark's atlases were scored on, as their files are named."""
    split = (stem.partition("_") for stem in atlases())
    return sorted(kind for space, _, kind in split if space == name)


def kind_of(name: str, inputs: str | None = None) -> str:
    """Return what the atlas of a benchmark was scored on, as its file is named.

    Args:
        name: the benchmark.
        inputs: a dataset's images, ``noise`` or ``random_labels``. Where it is not given: the
            images of the benchmark's first dataset, or noise where it has none.

    Raises:
        BadInput: there is no such atlas.
    """
    space, kinds = benchmark(name), kinds_of(name)
    if not kinds:
        known = sorted({stem.partition("_")[0] for stem in atlases()})
        raise BadInput(
            f"An atlas should be of {', '.join(known) or 'a benchmark'}. Of {name} no scores come "
            f"with the project: `harness run --benchmark {name}` makes them."
        )
    if inputs is not None and inputs not in kinds:
        raise BadInput(
            f"An atlas of {name} should be scored on {', '.join(kinds)}. Found "
            f"`{printable(inputs)}`.{suggestion(inputs, kinds)}"
        )
    return inputs or ("noise" if space.images == "noise" else space.datasets[0].name)
