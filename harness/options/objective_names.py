"""What may be an objective of a search, told without reading a table."""

from __future__ import annotations

from benchmarks.costs import METRICS
from benchmarks.errors import BadInput, suggestion
from searchers import ERROR

NAMES = (ERROR, *METRICS)
"""What may be an objective."""


def checked_objectives(text: str | None) -> tuple[str, ...]:
    """Return the names of several objectives, the error first; none where none are given.

    Raises:
        BadInput: one is unknown or there twice, or they are not the error and a cost at least.
    """
    if text is None:
        return ()
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in NAMES:
            raise BadInput(
                f"An objective should be one of {', '.join(NAMES)}. Found `{name}`."
                f"{suggestion(name, NAMES)}"
            )
        if names.count(name) > 1:
            raise BadInput(
                f"Each of `--objectives` should be there once. `{name}` is there twice: leave one "
                "out."
            )
    if ERROR not in names or len(names) < 2:
        raise BadInput(
            f"`--objectives` should be {ERROR} and a cost at least, such as `{ERROR},params`. "
            f"Found `{text}`."
        )
    return (ERROR, *(name for name in names if name != ERROR))
