"""What is nobody's bug: the user's input is at fault, or a quantity does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BadInput(ValueError):
    """Input that cannot be used; the message says what should be, what was found and what to do."""


class Undefined(ValueError):
    """What a family of networks does not have; the message says why, in a clause.

    A score that reads it is undefined there, not failed.
    """


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean `x`?"`` for the nearest of ``known``, or an empty string."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean `{near[0]}`?" if near else ""
