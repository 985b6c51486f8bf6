"""A run folder: the names of its files, and the one way to write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import replace


@dataclass(frozen=True)
class RunFolder:
    """The files of one run. Whoever writes one leaves it whole or as it was."""

    path: Path

    @property
    def plan(self) -> Path:
        """Settings and provenance."""
        return self.path / "plan.json"

    @property
    def store(self) -> Path:
        """The store of scores, while they are made."""
        return self.path / "scores.sqlite"

    @property
    def scores(self) -> Path:
        """One row a cell, proxy and seed, once they are made."""
        return self.path / "scores.parquet"

    @property
    def costs(self) -> Path:
        """Mean seconds of each proxy."""
        return self.path / "costs.csv"

    @property
    def search_plan(self) -> Path:
        """Settings and provenance of searches."""
        return self.path / "search.json"

    @property
    def searches(self) -> Path:
        """The store of searches, while they are made."""
        return self.path / "searches.sqlite"

    @property
    def supernets(self) -> Path:
        """The folder of supernets, while they are trained and after."""
        return self.path / "supernets"

    @property
    def read_by_reports(self) -> tuple[Path, ...]:
        """What is judged; some of it may not be there."""
        made = (self.path / "runs.parquet", self.path / "trials.parquet")
        return (self.scores, self.plan, self.costs, self.search_plan, *made)

    @property
    def figures(self) -> Path:
        """The folder of figures."""
        return self.path / "figures"

    def read_scores(self) -> pd.DataFrame:
        """Return the scores.

        Raises:
            BadInput: there are none, or they cannot be read.
        """
        try:
            return pd.read_parquet(self.scores)
        except (OSError, ValueError) as error:
            raise BadInput(
                f"`{self.path}` should hold `scores.parquet`. It cannot be read. Finish `harness "
                "score`."
            ) from error

    def read_costs(self) -> pd.DataFrame:
        """Return the costs, without a row where there are none yet."""
        try:
            return pd.read_csv(self.costs)
        except (OSError, ValueError):
            return pd.DataFrame()

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
        """Write a frame, or named tuples of one type, as CSV."""
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        self.write(name, lambda path: frame.to_csv(path, index=False))
