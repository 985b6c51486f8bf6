"""A run folder: the names of its files, and the one way to write them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pandas as pd
from pandas.api.types import is_integer_dtype, is_numeric_dtype

from benchmarks import parquet
from benchmarks.errors import BadInput
from benchmarks.files import replace, text
from benchmarks.printable import brief
from harness.runs.run_files import RunFile
from reports.spreadsheet import unevaluated

SCORES = {
    "index": "whole",
    "arch": "text",
    "class": "text",
    "proxy": "text",
    "seed": "whole",
    "score": "number",
    "status": "text",
    "reason": "text",
}
"""What columns of ``scores.parquet`` hold that are read."""

COSTS = {"proxy": "str", "seconds": "float64", "n": "int64", "units": "float64"}
"""The columns of ``costs.csv``."""


@dataclass(frozen=True)
class RunFolder:
    """The files of one run. Whoever writes one leaves it whole or as it was."""

    path: Path

    @property
    def plan(self) -> Path:
        """Settings and provenance."""
        return self.path / RunFile.PLAN

    @property
    def store(self) -> Path:
        """The store of scores, while they are made."""
        return self.path / RunFile.STORE

    @property
    def scores(self) -> Path:
        """One row a cell, proxy and seed, once they are made."""
        return self.path / RunFile.SCORES

    @property
    def described(self) -> Path:
        """What proxies that do not come with the project say of themselves."""
        return self.path / RunFile.DESCRIBED

    @property
    def searchers(self) -> Path:
        """What searchers say of themselves."""
        return self.path / RunFile.SEARCHERS

    @property
    def costs(self) -> Path:
        """Mean seconds of each proxy."""
        return self.path / RunFile.COSTS

    @property
    def search_plan(self) -> Path:
        """Settings and provenance of searches."""
        return self.path / RunFile.SEARCH_PLAN

    @property
    def searches(self) -> Path:
        """The store of searches, while they are made."""
        return self.path / RunFile.SEARCHES

    @property
    def supernets(self) -> Path:
        """The folder of supernets, while they are trained and after."""
        return self.path / RunFile.SUPERNET_STATES

    @property
    def read_by_reports(self) -> tuple[Path, ...]:
        """What is judged; some of it may not be there."""
        made = (self.path / RunFile.RUNS, self.path / RunFile.TRIALS)
        described = (self.described, self.searchers)
        return (self.scores, self.plan, self.costs, self.search_plan, *described, *made)

    @property
    def figures(self) -> Path:
        """The folder of figures."""
        return self.path / RunFile.FIGURES

    def read_scores(self) -> pd.DataFrame:
        """Return the scores.

        Raises:
            BadInput: there are none, or they cannot be read.
        """
        if not self.scores.exists():
            raise BadInput(
                f"`{self.path}` should hold `scores.parquet`. It has none. Finish `harness score`."
            )
        frame = self.read_parquet(self.scores, SCORES)
        if frame.empty:
            raise self._damaged(self.scores, "it holds none")
        if not set(frame["status"]) <= {"ok", "undefined", "failed"}:
            raise self._damaged(self.scores, "a status is none of ok, undefined and failed")
        if frame.duplicated(["index", "proxy", "seed"]).any():
            raise self._damaged(self.scores, "a cell has two scores of one proxy and seed")
        if frame[["index", "arch", "class"]].drop_duplicates()["index"].duplicated().any():
            raise self._damaged(self.scores, "an index names two cells")
        return frame

    def read_costs(self) -> pd.DataFrame:
        """Return the mean seconds of each proxy, and in units; no row where they are not known.

        Raises:
            BadInput: the file is no such table.
        """
        if not self.costs.exists():
            return pd.DataFrame({"proxy": [], "seconds": [], "n": [], "units": []})
        try:
            rows = pd.read_csv(StringIO(text(self.costs)))
            rows = rows.assign(units=rows.get("units", math.nan))  # an older version has none
            rows = rows[["proxy", "seconds", "n", "units"]].astype(COSTS)
        except (OSError, ValueError, KeyError, OverflowError) as error:
            raise self._damaged(self.costs, brief(error)) from error
        if not rows["seconds"].between(0, float("inf"), inclusive="left").all():
            raise self._damaged(self.costs, "seconds are no numbers of at least 0")
        return rows

    def read_parquet(self, path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
        """Return one of the folder's tables.

        Args:
            path: the file.
            columns: what each column holds: ``text``, ``whole`` numbers, or ``number``, which
                alone may be missing.

        Raises:
            BadInput: the file cannot be read, lacks a column, or holds something else in it.
        """
        frame: pd.DataFrame = parquet.read(path, "a table of this run").to_pandas()
        for name, kind in columns.items():
            if name not in frame:
                raise self._damaged(path, f"it lacks the column `{name}`")
            column = frame[name]
            whole, number = is_integer_dtype(column), is_numeric_dtype(column)
            right = {"text": not number, "whole": whole, "number": number or column.isna().all()}
            words = kind != "text" or all(isinstance(value, str) for value in column.unique())
            if not right[kind] or not words or (kind == "whole" and column.isna().any()):
                raise self._damaged(path, f"its column `{name}` should be {kind}")
        return frame

    def _damaged(self, path: Path, why: str) -> BadInput:
        return BadInput(
            f"`{path}` should be a table of this run. It has been changed: {why}. Remove it and "
            "run again: what is stored is not computed twice."
        )

    def write(self, name: str, write: Callable[[Path], object]) -> None:
        """Let ``write`` make a file, and put it in its place once it is complete."""
        replace(self.path / name, write)

    def text(self, name: str, text: str) -> None:
        """Write a text file."""
        self.write(name, lambda path: path.write_text(text, encoding="utf-8"))

    def parquet(self, name: str, frame: pd.DataFrame) -> None:
        """Write a frame as Parquet."""
        self.write(name, lambda path: frame.to_parquet(path, index=False))

    def csv(self, name: str, rows: pd.DataFrame | Sequence[tuple[object, ...]]) -> None:
        """Write a frame, or named tuples of one type, as CSV that spreadsheets may open."""
        frame = unevaluated(rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows))
        self.write(name, lambda path: frame.to_csv(path, index=False))
