"""Searches on disk while they are made: every block that was added survives a kill."""

from __future__ import annotations

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping

from harness.scoring.database import Database
from harness.searching.search_run import SearchRun, Trial

COLUMNS = "seed, status, reason, choice, signal, spent, trainings, scored, functions, notes"


class SearchStore(Database):
    """Runs by searcher, seed and key; the key digests all that a run depends on."""

    holds = "searches"
    schema = (
        "CREATE TABLE IF NOT EXISTS runs (key TEXT, seed INTEGER, searcher TEXT,"
        " status TEXT, reason TEXT, choice INTEGER, signal REAL, spent REAL,"
        " trainings INTEGER, scored INTEGER, functions INTEGER, notes TEXT,"
        " PRIMARY KEY (key, seed)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS trials (key TEXT, seed INTEGER, step INTEGER,"
        " candidate INTEGER, epochs INTEGER, spent REAL, signal REAL,"
        " PRIMARY KEY (key, seed, step)) WITHOUT ROWID"
    )

    def add(self, key: str, runs: Iterable[SearchRun]) -> None:
        """Add a block of runs, all or none, in place of what was there.

        Raises:
            BadInput: the disk is full or the folder became unwritable; earlier blocks are kept.
        """
        some = list(runs)
        told = [
            (key, run.seed, run.searcher, run.status, run.reason, run.choice, _null(run.signal))
            for run in some
        ]
        counts = [(run.spent, run.trainings, run.scored, run.distinct, run.notes) for run in some]
        rows = [(*row, *counted) for row, counted in zip(told, counts, strict=True)]
        trials = [(key, run.seed, *trial) for run in some for trial in run.trials]
        try:
            with self.connection:
                for run in some:
                    where = (key, run.seed)
                    self.connection.execute("DELETE FROM trials WHERE key = ? AND seed = ?", where)
                self.connection.executemany(f"INSERT OR REPLACE INTO runs {_values(12)}", rows)
                self.connection.executemany(f"INSERT INTO trials {_values(7)}", trials)
        except sqlite3.Error as error:
            raise self.unusable(error) from error

    def seeds(self, key: str, *, failed: bool = True) -> set[int]:
        """Return the seeds that are stored, those that failed too unless told otherwise."""
        where = "key = ?" if failed else "key = ? AND status <> 'failed'"
        query = f"SELECT seed FROM runs WHERE {where}"
        return {seed for (seed,) in self.connection.execute(query, (key,))}

    def read(self, keys: Mapping[str, str], seeds: int) -> list[SearchRun]:
        """Return the runs of each key, by row, of the first seeds, in the order of the rows."""
        runs = []
        for row, key in keys.items():
            where = "WHERE key = ? AND seed < ? ORDER BY seed"
            trials: dict[int, list[Trial]] = defaultdict(list)
            query = f"SELECT seed, step, candidate, epochs, spent, signal FROM trials {where}, step"
            for seed, *trial in self.connection.execute(query, (key, seeds)):
                trials[seed].append(Trial(*trial))
            query = f"SELECT {COLUMNS} FROM runs {where}"
            for seed, status, reason, choice, signal, *rest in self.connection.execute(
                query, (key, seeds)
            ):
                told = math.nan if signal is None else signal
                made = (status, reason, choice, told, *rest, tuple(trials[seed]))
                runs.append(SearchRun(row, seed, *made))
        return runs


def _null(value: float) -> float | None:
    return None if math.isnan(value) else value


def _values(n: int) -> str:
    return f"VALUES ({', '.join('?' * n)})"
