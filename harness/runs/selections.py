"""Candidates as a command line names them, read and compared with what a table has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.errors import BadInput
from benchmarks.extents import Extent
from benchmarks.files import text
from benchmarks.printable import printable, reason
from benchmarks.space import Benchmark
from harness.runs.forms import whole_number

INDEX = re.compile("0|[1-9][0-9]*")
"""Digits that begin with 0 are an official string, or nothing."""


@dataclass(frozen=True)
class Selection:
    """What ``--cells`` says: a draw of ``count``, or candidates by ``names``.

    ``written`` is how the user put it.
    """

    written: str
    kind: Literal["all", "random", "stratified", "list"]
    count: int = 0
    names: tuple[str, ...] = ()

    @property
    def most(self) -> int:
        """How many are drawn or named, 0 where it is all of them."""
        return self.count or len(set(self.names))


def selection_of(written: str) -> Selection:
    """Read what ``--cells`` says.

    Args:
        written: ``all``; ``random:N`` or ``stratified:N``; indices or official strings, which may
            be digits; or a file with one of them a line.

    Raises:
        BadInput: the file cannot be read, or nothing is named.
    """
    if written == "all":
        return Selection(written, "all")
    kind, _, count = written.partition(":")
    if kind == "random" and count.isdecimal():
        selection = Selection(written, "random", count=whole_number(count))
    elif kind == "stratified" and count.isdecimal():
        selection = Selection(written, "stratified", count=whole_number(count))
    elif written.startswith("@"):
        selection = Selection(written, "list", names=_lines(Path(written[1:])))
    else:
        names = tuple(part for part in written.split(",") if part)
        selection = Selection(written, "list", names=names)
    if not (selection.count or selection.names):
        raise BadInput(
            f"`--cells` should choose at least one candidate. `{printable(written)}` chooses none."
        )
    return selection


def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(line.strip() for line in text(path).splitlines() if line.strip())
    except (OSError, ValueError) as error:
        raise BadInput(
            f"`--cells @FILE` should name a text file with an index or a string a line. "
            f"`{path}` cannot be read: {reason(error)}."
        ) from error


def check_extent(selection: Selection, extent: Extent, space: Benchmark) -> None:
    """Refuse what a table with these candidates cannot have.

    A name that the space has, and the table perhaps not, is left to who reads it.

    Raises:
        BadInput: more is drawn than there is, or a name is none.
    """
    check_count(selection, extent.candidates, extent.classes)
    for name in selection.names:
        if not (INDEX.fullmatch(name) and extent.first <= whole_number(name) <= extent.last):
            try:
                space.representative(name)
            except BadInput as error:
                raise no_candidate(name, selection, extent.first, extent.last) from error


def check_count(selection: Selection, candidates: int, classes: int) -> None:
    """Refuse a draw of more than there is.

    Raises:
        BadInput: it is one.
    """
    random = selection.kind == "random"
    most = candidates if random else classes
    if selection.count > most:
        written = printable(selection.written)
        raise BadInput(
            f"`--cells {written}` should ask for at most {most} "
            f"{'candidates' if random else 'functional classes'}. Found "
            f"{written.partition(':')[2]}."
        )


def no_candidate(name: str, selection: Selection, first: int, last: int) -> BadInput:
    """Return the refusal of a name that no candidate has."""
    return BadInput(
        "`--cells` should name candidates that have the accuracy asked for, by string or index, "
        f"{first} to {last}. Found `{printable(name)}` in `{printable(selection.written)}`."
    )
