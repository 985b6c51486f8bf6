"""Tables that a spreadsheet opens without running what they hold."""

from __future__ import annotations

import pandas as pd


def unevaluated(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame none of whose texts a spreadsheet takes for a formula.

    Texts that begin as one (``=``, ``+``, ``-``, ``@``, a tab or a return) get an apostrophe before
    them; numbers do not.
    """
    texts = frame.select_dtypes(exclude="number").columns
    return frame.assign(**{str(name): frame[name].map(_text) for name in texts})


def _text(value: object) -> object:
    if not isinstance(value, str) or not value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return value
    return value if pd.notna(pd.to_numeric(value, errors="coerce")) else f"'{value}"
