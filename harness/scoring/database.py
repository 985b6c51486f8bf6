"""One SQLite file with one writer: every block that was added survives a kill."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import ClassVar, Self

from benchmarks.errors import BadInput


class Database:
    """An open file, in the tables of its :attr:`schema`."""

    holds: ClassVar[str]
    """What it stores, for a sentence."""

    schema: ClassVar[str]
    """SQL that makes the tables where they are not there."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            BadInput: it is in use, or cannot be written.
        """
        self.path = path
        try:
            self.connection = sqlite3.connect(path, timeout=1)
            self.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.executescript(self.schema)
        except sqlite3.Error as error:
            raise self.unusable(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing is pending."""
        self.connection.close()

    def unusable(self, error: Exception) -> BadInput:
        """Return what to raise where SQLite refuses."""
        return BadInput(
            f"`{self.path}` should be a store of {self.holds} that can be written. SQLite says: "
            f"{str(error).rstrip('.')}. Free the disk, end the other run, or give another `--out`; "
            "what was stored is kept."
        )
