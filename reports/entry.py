"""What everything that stands as a row of a table says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A score's name, kind and definition, whatever made it.

    Attributes:
        name: as it stands in tables.
        family: ``zero-cost``, ``trivial``, ``few-step``, ``one-shot``, ``combination`` or
            ``elsewhere``.
        source: where it is published, or what it was read from.
        text: its definition, paragraphs of prose with ``:math:`` roles.
        larger_is_better: its direction.
        undefined: a clause, when and why it has no value; empty if it always has one.
        digest: of the sources that make it; empty where they are not known.
        members: names of the scores that it is made of; empty for a score of single networks.
    """

    name: str
    family: str
    source: str
    text: str
    larger_is_better: bool = True
    undefined: str = ""
    digest: str = ""
    members: tuple[str, ...] = ()
