"""Text from elsewhere made fit for a sentence: one printable line, cut at a length."""

from __future__ import annotations

import re

SENTENCE, REASON, NAME = 2000, 320, 80
"""Characters of a sentence at most, of a reason in it, and of a name or value that it quotes."""


def printable(text: object, most: int = NAME) -> str:
    """Return text on one line, what a terminal would obey written out, its middle cut if long.

    What cannot be encoded, as a lone surrogate, is written out too.
    """
    whole = _text(text)
    if len(whole) > 8 * most:  # of what is longer only the ends can be seen
        whole = f"{whole[: 4 * most]} {whole[-4 * most :]}"
    line = "".join(map(_written, " ".join(whole.split())))
    if len(line) <= most:
        return line
    half = (most - 3) // 2
    return f"{line[:half]} … {line[-half:]}"


def reason(error: BaseException) -> str:
    """Return the first line of what an exception says, less an error's number and its full stop."""
    first = re.sub(r"^\[Errno -?\d+\] ", "", _text(error).strip().partition("\n")[0])
    return printable(first, REASON).rstrip(".")


def brief(error: BaseException) -> str:
    """Return an exception's type and the first line of what it says, without its full stop."""
    kind, said = printable(type(error).__name__), reason(error)
    return f"{kind}: {said}" if said else kind


def encodable(text: str, encoding: str = "utf-8") -> str:
    """Return text with what an encoding lacks, as UTF-8 lacks lone surrogates, written out."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _text(thing: object) -> str:
    try:
        return str(thing)
    except KeyboardInterrupt:
        raise
    except BaseException:  # someone else's code: it may even end the program
        return f"what it says cannot be printed ({type(thing).__name__})"


def _written(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
