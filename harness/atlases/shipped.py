"""Which atlas speaks for a benchmark, and what of it still holds."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.streams import say
from harness.atlases import stored
from harness.atlases.names import kind_of, kinds_of
from harness.atlases.stored import Atlas
from harness.scoring.tasks import needs_network
from proxies import load_all


def atlas_of(name: str, inputs: str | None = None) -> Atlas:
    """Return a benchmark's atlas of some inputs, with the counts of every candidate.

    Raises:
        BadInput: there is none, or its file is damaged.
    """
    kind, first = kind_of(name, inputs), kind_of(name)
    main = stored.read(f"{name}_{first}")
    if kind == first:
        return main
    own, proxies = stored.read(f"{name}_{kind}"), load_all()
    counts = [each for each in main.columns if each in proxies and not needs_network(proxies[each])]
    return replace(own, columns={each: main.columns[each] for each in counts} | {**own.columns})


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
