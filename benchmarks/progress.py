"""Progress with the time that remains, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


def said(sentence: str) -> None:
    """Write a sentence to standard error, on a terminal only."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{sentence}\n")


def progress(items: Iterable[Item], total: int, doing: str) -> Iterator[Item]:
    """Yield ``items``; on a terminal, draw a bar with the time that remains on standard error."""
    yield from tqdm(items, total=total, desc=doing, disable=None, dynamic_ncols=True)
