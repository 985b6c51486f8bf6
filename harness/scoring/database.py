"""One SQLite file with one writer: every block that was added survives a kill."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import IO, ClassVar, Self

from benchmarks.errors import BadInput
from benchmarks.files import check_regular
from benchmarks.printable import reason

PATIENCE = 30
"""Seconds to wait for others that hold the file: a reader that copies it, a backup."""

DAMAGED = ("malformed", "not a database")
"""What SQLite says of a file whose bytes are not as it left them."""


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
        self.file = self._locked()
        with ExitStack() as opened:  # closes them where SQLite refuses
            opened.callback(self.file.close)
            try:
                self.connection = sqlite3.connect(path, timeout=PATIENCE)
                opened.callback(self.connection.close)
                self.connection.execute("PRAGMA journal_mode = WAL")
                self.connection.execute("PRAGMA synchronous = FULL")
                self.connection.executescript(self.schema)
            except sqlite3.Error as error:
                raise self.unusable(error) from error
            opened.pop_all()

    def _locked(self) -> IO[bytes]:
        """Return the file, locked by this process alone until it is closed or killed.

        SQLite's own locks, which are others, would keep out readers too.
        """
        try:
            if self.path.exists():
                check_regular(self.path)
            file = self.path.open("ab")
        except OSError as error:
            raise self.unusable(error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise BadInput(
                f"`{self.path}` should be written by one run at a time. Another is writing it: "
                "wait for its end, or give another `--out`."
            ) from error
        return file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; nothing is pending."""
        self.connection.close()
        self.file.close()  # last: it takes SQLite's locks with it

    def unusable(self, error: Exception) -> BadInput:
        """Return what to raise where SQLite refuses."""
        if any(words in str(error) for words in DAMAGED):
            return BadInput(
                f"`{self.path}` should be a store of {self.holds}. It is damaged: {reason(error)}. "
                "Remove it to compute them anew, or give another `--out`."
            )
        return BadInput(
            f"`{self.path}` should be a store of {self.holds} that can be written. The system "
            f"says: {reason(error)}. Free the disk, end the other run, or give another `--out`; "
            "what was stored is kept."
        )
