"""The append-only store of scores: SQLite while scoring, Parquet for reading."""

from __future__ import annotations

import math
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.printable import brief
from harness.scoring.database import Database

Status = Literal["ok", "undefined", "failed"]


class Score(NamedTuple):
    """One proxy on one subject (a functional class, or a cell for counts) with one seed.

    ``key`` digests the formula and the passes behind it; ``reason`` says why a score is missing;
    ``seconds`` is the time of the passes that the proxy needed and of its formula.
    """

    subject: str
    proxy: str
    seed: int
    key: str
    score: float
    status: Status
    reason: str
    seconds: float


class Store(Database):
    """Scores on disk; every block that :meth:`add` has returned from survives a kill."""

    holds = "scores"
    schema = (
        "CREATE TABLE IF NOT EXISTS plan (name TEXT PRIMARY KEY, value TEXT);"
        "CREATE TABLE IF NOT EXISTS scores (subject TEXT, proxy TEXT, seed INTEGER,"
        " key TEXT, score REAL, status TEXT, reason TEXT, seconds REAL,"
        " PRIMARY KEY (subject, proxy, seed, key)) WITHOUT ROWID"
    )

    def __init__(self, path: Path, identity: dict[str, str]) -> None:
        """Open or create the store of a run folder.

        Raises:
            BadInput: the folder holds another plan's scores, is in use, or cannot be written.
        """
        super().__init__(path)
        try:
            stored = dict(self.connection.execute("SELECT name, value FROM plan"))
            if not stored:
                with self.connection:
                    self.connection.executemany("INSERT INTO plan VALUES (?, ?)", identity.items())
        except sqlite3.Error as error:
            self.close()
            raise self.unusable(error) from error
        different = [name for name in identity if stored and stored.get(name) != identity[name]]
        if different:
            name = different[0]
            self.close()
            raise BadInput(
                f"`{path.parent}` should hold scores of this plan. It holds others: {name} is "
                f"`{stored.get(name)}` there and `{identity[name]}` now. Give another `--out`."
            )

    def add(self, scores: Iterable[Score]) -> None:
        """Append a block of scores, all or none, replacing failed ones.

        Raises:
            BadInput: the disk is full or the folder became unwritable; earlier blocks are kept.
        """
        rows = [row._replace(score=None if math.isnan(row.score) else row.score) for row in scores]  # type: ignore[arg-type]
        try:
            with self.connection:
                self.connection.executemany(
                    "INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
                )
        except sqlite3.Error as error:
            raise self.unusable(error) from error

    def read(self, keys: dict[str, str]) -> pd.DataFrame:
        """Return the stored scores of the given proxies, those of their present keys only."""
        try:
            frame = pd.read_sql("SELECT * FROM scores", self.connection)
        except (sqlite3.Error, pd.errors.DatabaseError) as error:
            raise self.unusable(error) from error
        try:
            current = frame["key"] == frame["proxy"].map(keys)
            kinds = {"score": "float64", "seconds": "float64", "seed": "int64"}
            scores = frame[current].astype(kinds).reset_index(drop=True)
            strange = set(scores["status"]) - {"ok", "undefined", "failed"}
        except (ValueError, TypeError, KeyError) as error:
            raise self.changed(error) from error
        if strange:
            raise self.changed(ValueError("a status is none of ok, undefined and failed"))
        return scores

    def rows(self) -> list[Score]:
        """Return all stored scores, those of former formulas too.

        Raises:
            BadInput: somebody has edited the store.
        """
        try:
            return _rows(self.connection)
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise self.changed(error) from error

    def changed(self, error: Exception) -> BadInput:
        """Return what to raise where somebody has edited the store."""
        return BadInput(
            f"`{self.path}` should be a store of scores. It has been changed: {brief(error)}. "
            "Give another `--out`, or remove it and score again."
        )


def stored(path: Path) -> tuple[dict[str, str], list[Score]]:
    """Return what every score of a store shares, and all its scores, those of former formulas too.

    A copy is opened, with what a killed run left beside it: nothing is written next to the store.

    Raises:
        BadInput: there is no store, or it cannot be read.
    """
    if not path.is_file():
        raise BadInput(
            f"`{path}` should be a store of scores. There is no such file: score that shard, or "
            "leave it out."
        )
    with TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        for suffix in ("", "-wal"):
            if (source := path.with_name(path.name + suffix)).exists():
                shutil.copyfile(source, copy.with_name(path.name + suffix))
        try:
            with closing(sqlite3.connect(copy)) as connection:
                identity = dict(connection.execute("SELECT name, value FROM plan"))
                return identity, _rows(connection)
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise BadInput(
                f"`{path}` should be a store of scores. It cannot be read: {brief(error)}."
            ) from error


def _rows(connection: sqlite3.Connection) -> list[Score]:
    """Return all scores of a store."""
    columns = ", ".join(Score._fields)
    rows = connection.execute(f"SELECT {columns} FROM scores").fetchall()
    scores = [_checked(Score(*row)) for row in rows]
    return [row._replace(score=math.nan) if row.score is None else row for row in scores]


def _checked(row: Score) -> Score:
    """Refuse what :meth:`Store.add` does not write."""
    texts = (row.subject, row.proxy, row.key, row.status, row.reason)
    numbers = (row.seed, row.seconds, *(() if row.score is None else (row.score,)))
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a column of text holds something else")
    if not all(isinstance(number, int | float) for number in numbers):
        raise TypeError("a column of numbers holds something else")
    return row
