"""How settings of a run are written: whole numbers, parts, and names that are no path."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.catalogue import ATLAS, BENCHMARKS
from benchmarks.fetching import ARCHIVES
from benchmarks.space import EMBEDDED

TIME_LIMIT = 600
"""Seconds that one formula has for one network, unless the user says how many."""

DIGITS = 18
"""Of a whole number at most, so that it fits 64 bits: nothing that is counted here has more."""


def whole_number(text: str) -> int:
    """Return a number written in decimal digits; of more than 18, a 1 with 18 zeros.

    That is more than there is of anything, and numbers without end cost nothing.
    """
    return int(text) if len(text) <= DIGITS else 10**DIGITS


def part_of(text: str) -> tuple[int, int] | None:
    """Return i and n of ``i/n``, a part of several; None where it is none."""
    written = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text, re.ASCII)
    part, parts = map(whole_number, written.groups()) if written else (2, 1)
    return (part, parts) if part <= parts else None


TRUTHS = frozenset(space.truth for space in BENCHMARKS.values() if space.truth)
"""What may be given as truth and is no path."""

IMAGES = frozenset({EMBEDDED, "noise", ATLAS, *ARCHIVES})
"""What may be given as images and is no path."""


def located(source: str) -> str:
    """Return a path that means the same from every folder; names of no file stay as they are."""
    return source if source in TRUTHS | IMAGES else str(Path(source).absolute())
