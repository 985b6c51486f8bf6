"""The numbers of the documents, a command each: ``python -m studies.NAME`` from a clone."""

from __future__ import annotations

import argparse


def arguments(said: str | None, *names: str) -> list[str]:
    """Return the words that a study was given, by position.

    Args:
        said: what it does, for ``--help``.
        names: of the words; ``{a,b}`` is one of several; ``[NAME]`` may be left out, and is empty
            then; ``NAME...`` are all that follow.

    Raises:
        SystemExit: they are not as many; it says what should be given.
    """
    how = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=said, formatter_class=how)
    for name in names:
        bare = name.strip("{[.]}")
        how_many: dict[str, object] = {}
        if name.startswith("{"):
            how_many = {"choices": bare.split(",")}
        elif name.startswith("["):
            how_many = {"nargs": "?", "default": ""}
        elif name.endswith("..."):
            how_many = {"nargs": argparse.REMAINDER}
        parser.add_argument(bare, metavar=bare.replace(",", "|"), **how_many)  # type: ignore[arg-type]
    given: list[str] = []
    for value in vars(parser.parse_args()).values():
        given += value if isinstance(value, list) else [value]
    return given
