"""Accuracies as the benchmark stores them: one schema, one lookup, no defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import parquet
from benchmarks.accuracy_names import AccuracyName, not_stored
from benchmarks.errors import BadInput
from benchmarks.files import replace
from benchmarks.measures import ACCURACY, MEASURES, Measure, check_values
from benchmarks.schemas import Schema

SCHEMA = pa.schema(
    [
        ("index", pa.int32()),
        ("arch", pa.string()),
        ("dataset", pa.string()),
        ("split", pa.string()),
        ("epochs", pa.int16()),
        ("seed", pa.int16()),
        ("measure", pa.string()),
        ("accuracy", pa.float64()),
    ]
)
"""One row a training. A null ``seed`` is the mean over the training seeds.

``accuracy`` is the value of the row's ``measure``, one of :data:`benchmarks.measures.MEASURES`,
whose unit and range it has; larger is better. A table without that column holds accuracies.
"""

REPEATED = ("arch", "dataset", "split", "measure")

_COLUMNS = Schema(
    table="An accuracy table",
    columns=SCHEMA.names,
    integers={"index": "int32", "epochs": "int16", "seed": "Int16"},
    number="accuracy",
    text=REPEATED,
    named=("index", "dataset", "split", "epochs", "seed"),
)


class Trials(NamedTuple):
    """Accuracies by candidate (rows) and training seed (columns), and what they are, in words."""

    accuracy: pd.DataFrame
    source: str


@dataclass(frozen=True)
class AccuracyTable:
    """Stored accuracies of a benchmark's candidates, in the columns of :data:`SCHEMA`.

    ``others`` are trainings by another ``version`` of the benchmark, in the same columns. They tell
    how far two trainings lie apart, and are nobody's accuracy. Where each value is ``alone``, it is
    that of a candidate's one training, not a mean.
    """

    rows: pd.DataFrame
    others: pd.DataFrame | None = None
    version: str = ""
    alone: bool = False

    @classmethod
    def from_rows(cls, rows: Iterable[dict[str, object]] | pd.DataFrame) -> AccuracyTable:
        """Build a table from dictionaries or a frame with the columns of :data:`SCHEMA`."""
        frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
        if "measure" not in frame.columns:
            frame = frame.assign(measure=pd.Categorical([ACCURACY.name]).repeat(len(frame)))
        frame = _COLUMNS.checked(frame)
        if frame.empty:
            raise BadInput("An accuracy table should hold accuracies. It holds none.")
        check_values(frame)
        return cls(frame.astype(dict.fromkeys(REPEATED, "category")))

    @classmethod
    def read(cls, path: Path) -> AccuracyTable:
        """Read a Parquet table, as written by :meth:`write`.

        Raises:
            BadInput: the file is not Parquet, is truncated or lacks a column.
        """
        table = parquet.read(path, "a Parquet table written by `harness import`", REPEATED)
        return cls.from_rows(table.to_pandas(types_mapper={pa.int16(): pd.Int16Dtype()}.get))

    def write(self, path: Path) -> None:
        """Write the table as Parquet, replacing ``path`` only once the new file is complete."""
        frame = self.rows.astype(dict.fromkeys(REPEATED, "str"))
        arrow = pa.Table.from_pandas(frame, schema=SCHEMA, preserve_index=False)
        replace(path, lambda unfinished: pq.write_table(arrow, unfinished, compression="zstd"))

    @property
    def candidates(self) -> pd.Series:
        """Official string of every candidate, by index, ascending."""
        unique = self.rows.drop_duplicates("index").set_index("index")["arch"].astype(str)
        return unique.sort_index()

    def names(self) -> pd.DataFrame:
        """Return what there is: one row a (dataset, split, epochs, seed) with its count ``n``."""
        named = ["dataset", "split", "epochs", "seed"]
        return self.rows.groupby(named, observed=True, dropna=False).size().reset_index(name="n")

    def known(self) -> list[AccuracyName]:
        """Return the names that there are, for every training its mean over seeds first."""
        here = self.names()[["dataset", "split", "epochs", "seed"]]
        named: dict[AccuracyName, None] = {}
        for dataset, split, epochs, seed in here.itertuples(index=False, name=None):
            training = str(dataset), str(split), int(epochs)
            named[AccuracyName(*training, None)] = None
            named[AccuracyName(*training, None if pd.isna(seed) else int(seed))] = None
        return list(named)

    def accuracy(self, name: AccuracyName) -> pd.Series:
        """Return accuracy in percent by candidate index, for one fully named accuracy.

        The mean over seeds is the stored mean where the source stores means, else the mean of the
        stored seeds of each candidate.

        Raises:
            BadInput: no such accuracy; the message lists the names that exist.
        """
        return _means(self._named(name))

    def words(self, name: AccuracyName) -> str:
        """Return which accuracy that is, in words."""
        return f"{name.training} / one training" if self.alone else str(name)

    def measure(self, name: AccuracyName) -> Measure:
        """Return what the values of that accuracy are.

        Raises:
            BadInput: no such accuracy; the message lists the names that exist.
        """
        return MEASURES[str(self._named(name)["measure"].iloc[0])]

    def with_trials(self, others: pd.DataFrame, version: str) -> AccuracyTable:
        """Return the table with trainings by another version of the benchmark beside it."""
        return replace_fields(self, others=others, version=version)

    def trials(self, name: AccuracyName) -> Trials:
        """Return what single trainings reached, whatever ``seed`` is named.

        Where none is stored of this accuracy, those of another version of the benchmark stand for
        them, else those that are judged on another split after as many epochs.
        """
        own, others = _trained(self.rows, name), self.others
        choices = [(own, "training seeds")]
        if others is not None:
            choices.append((_trained(others, name), f"training seeds of {self.version}"))
        rows = self.rows
        alike = rows[(rows["dataset"] == name.dataset) & (rows["epochs"] == name.epochs)]
        for split in sorted(set(alike["split"].astype(str)) - {name.split, "train"}):
            choices.append((alike[alike["split"] == split], f"training seeds on {split}"))
        seeded = [(rows.dropna(subset="seed"), source) for rows, source in choices]
        seeds, source = next((pair for pair in seeded if len(pair[0])), seeded[0])
        return Trials(seeds.pivot(index="index", columns="seed", values="accuracy"), source)

    def _named(self, name: AccuracyName) -> pd.DataFrame:
        """Return the rows of an accuracy, for the mean over seeds stored means if there are any."""
        rows = _trained(self.rows, name)
        if name.seed is not None:
            rows = rows[rows["seed"] == name.seed]
        elif not (means := rows[rows["seed"].isna()]).empty:
            rows = means
        if rows.empty:
            raise not_stored(name, self.known())
        return rows


def _trained(rows: pd.DataFrame, name: AccuracyName) -> pd.DataFrame:
    return rows[
        (rows["dataset"] == name.dataset)
        & (rows["split"] == name.split)
        & (rows["epochs"] == name.epochs)
    ]


def _means(rows: pd.DataFrame) -> pd.Series:
    """Average the rows of each index, added in stored order as the official package adds them."""
    wide = rows.assign(trial=rows.groupby("index").cumcount()).pivot(
        index="index", columns="trial", values="accuracy"
    )
    total = wide[0]
    for trial in wide.columns[1:]:
        total = total + wide[trial].fillna(0.0)
    return (total / wide.count(axis=1)).rename("accuracy")
