"""Which atlas speaks for a benchmark, and what of it still holds."""

from __future__ import annotations

from benchmarks.catalogue import benchmark
from benchmarks.errors import BadInput, suggestion
from benchmarks.streams import say
from harness.atlases import stored
from harness.atlases.stored import Atlas


def of(name: str) -> Atlas:
    """Return a benchmark's atlas on the images of its first dataset, or else another.

    Raises:
        BadInput: there is none, or its file is damaged.
    """
    names = [stem for stem in stored.atlases() if stem.partition("_")[0] == name]
    first = f"{name}_{benchmark(name).datasets[0].name}"
    if (stored.FOLDER / f"{first}.json").exists():
        return stored.read(first)
    if not names:
        known = sorted({stem.partition("_")[0] for stem in stored.atlases()})
        listed, near = ", ".join(known) or "a benchmark", suggestion(name, known)
        raise BadInput(f"An atlas should be of {listed}. Found `{name}`.{near}")
    return stored.read(names[0])


def current(benchmark: str) -> Atlas:
    """Return a benchmark's atlas, less what was made by other formulas than there are now.

    Raises:
        BadInput: there is none, or its file is damaged.
    """
    atlas = of(benchmark)
    if moved := atlas.moved:
        say(
            f"the atlas's scores of {', '.join(moved)} were made by other formulas than there are "
            "now. They are left out; `harness run` makes them."
        )
    return atlas.without(moved)
