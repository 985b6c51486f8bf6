"""Which atlas speaks for a benchmark, and what of it still holds."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.catalogue import benchmark
from benchmarks.errors import BadInput, suggestion
from benchmarks.printable import printable
from benchmarks.streams import say
from harness.atlases import stored
from harness.atlases.stored import Atlas
from harness.scoring.tasks import needs_network
from proxies import load_all


def atlas_of(name: str, inputs: str | None = None) -> Atlas:
    """Return a benchmark's atlas, with the counts of every candidate.

    Args:
        name: the benchmark.
        inputs: what was scored, as its file is named: a dataset's images, ``noise`` or
            ``random_labels``. Where it is not given: the images of the benchmark's first dataset,
            or noise where it has none.

    Raises:
        BadInput: there is none, or its file is damaged.
    """
    space, kinds = benchmark(name), kinds_of(name)
    first = "noise" if space.images == "noise" else space.datasets[0].name
    if not kinds:
        known = sorted({stem.partition("_")[0] for stem in stored.atlases()})
        listed, near = ", ".join(known) or "a benchmark", suggestion(name, known)
        raise BadInput(f"An atlas should be of {listed}. Found `{name}`.{near}")
    if inputs is not None and inputs not in kinds:
        raise BadInput(
            f"An atlas of {name} should be scored on {', '.join(kinds)}. Found "
            f"`{printable(inputs)}`.{suggestion(inputs, kinds)}"
        )
    main = stored.read(f"{name}_{first}")
    if inputs is None or inputs == first:
        return main
    own, proxies = stored.read(f"{name}_{inputs}"), load_all()
    counts = [each for each in main.columns if each in proxies and not needs_network(proxies[each])]
    return replace(own, columns={each: main.columns[each] for each in counts} | {**own.columns})


def kinds_of(name: str) -> list[str]:
    """Return what a benchmark's atlases were scored on, as their files are named."""
    split = (stem.partition("_") for stem in stored.atlases())
    return sorted(kind for space, _, kind in split if space == name)


def atlas_of_minibatch(name: str, sha256: str, labels: str) -> Atlas:
    """Return the atlas that was scored on a minibatch; else that of the benchmark."""
    for kind in kinds_of(name):
        atlas = atlas_of(name, kind)
        if (atlas.inputs, atlas.settings["labels"]) == (sha256, labels):
            return atlas
    return atlas_of(name)


def current_atlas(benchmark: str, inputs: str | None = None) -> Atlas:
    """Return :func:`atlas_of`, less what was made by other formulas than there are now.

    Raises:
        BadInput: there is none, or its file is damaged.
    """
    atlas = atlas_of(benchmark, inputs)
    if moved := atlas.moved:
        say(
            f"the atlas's scores of {', '.join(moved)} were made by other formulas than there are "
            "now. They are left out; `harness run` makes them."
        )
    return atlas.without(moved)
