"""Tables that come with the project: a row a candidate, a column a figure, checked by sha256."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import union_categoricals

from benchmarks.files import replace, seal, shipped
from benchmarks.measures import ACCURACY
from benchmarks.metrics import MetricTable
from benchmarks.table import AccuracyTable


@dataclass(frozen=True)
class StoredColumn:
    """What a column of a file holds: values of a ``measure``, or of a ``metric``.

    ``version`` is that of an accuracy which is of another version of the benchmark than the rest.
    """

    dataset: str
    split: str = ""
    epochs: int | None = None
    seed: int | None = None
    metric: str = ""
    version: str = ""
    measure: str = ACCURACY.name

    @property
    def name(self) -> str:
        """A name for readers; what a column means is in its metadata."""
        seed = "mean" if self.seed is None else f"seed {self.seed}"
        measure = "" if self.measure == ACCURACY.name else f" {self.measure}"
        accuracy = f"{self.split} {self.epochs} epochs {seed}{measure}"
        trained = f" {self.epochs} epochs" if self.epochs else ""
        what = f"{self.metric}{trained}" if self.metric else accuracy
        return f"{self.dataset} {what}{f' ({self.version})' if self.version else ''}"

    @property
    def metadata(self) -> dict[str, str]:
        """What a column is, as metadata of its Parquet field; an accuracy's measure is left out."""
        said = {name: part for name, part in asdict(self).items() if part != ACCURACY.name}
        return {"column": json.dumps(said)}

    @classmethod
    def of(cls, field: pa.Field) -> Self:
        """Read what :attr:`metadata` wrote."""
        return cls(**json.loads(field.metadata[b"column"]))


@dataclass(frozen=True)
class Stored:
    """A file of figures, with the file that holds its checksum beside it.

    ``counted_as`` says which datasets have the counts of another; ``alone`` that every candidate
    was trained once.
    """

    file: Path
    counted_as: tuple[tuple[str, str], ...] = ()
    alone: bool = False

    def accuracies(self) -> AccuracyTable:
        """Return what trainings reached; those of another version stand beside them.

        Raises:
            BadInput: the file is damaged.
        """
        by_version: dict[str, list[pd.DataFrame]] = {}
        for column, frame in _columns(self.read()):
            if not column.metric:
                frame["split"] = _constant(column.split, len(frame))
                frame["measure"] = _constant(column.measure, len(frame))
                own = by_version.setdefault(column.version, [])
                own.append(frame.rename(columns={"value": "accuracy"}))
        rows = AccuracyTable.from_rows(_concatenated(by_version.pop("")))
        table = replace_fields(rows, alone=self.alone)
        for version, frames in by_version.items():
            table = table.with_trials(_concatenated(frames), version)
        return table

    def metrics(self) -> MetricTable:
        """Return what candidates cost: measured, and what is counted; none where none is stored.

        Raises:
            BadInput: the file is damaged.
        """
        frames = []
        for column, frame in _columns(self.read()):
            if column.metric:
                frame["metric"] = _constant(column.metric, len(frame))
                frames.append(frame)
                for dataset, of in self.counted_as:
                    if column.metric in ("params", "flops") and column.dataset == of:
                        frames.append(frame.assign(dataset=_constant(dataset, len(frame))))
        return MetricTable.from_rows(_concatenated(frames) if frames else [])

    def read(self) -> pa.Table:
        """Return the table as it is stored.

        Raises:
            BadInput: the file is damaged.
        """
        return pq.read_table(pa.BufferReader(shipped(self.file)))

    def write(self, table: pa.Table) -> None:
        """Write the table and its checksum."""
        replace(
            self.file,
            lambda path: pq.write_table(table, path, compression="zstd", compression_level=19),
        )
        seal(self.file)


def whole(archs: pd.Series, columns: Iterator[tuple[StoredColumn, pd.Series]]) -> pa.Table:
    """Return the table of figures by candidate, each column in float64 as it was found."""
    fields, arrays = [pa.field("arch", pa.string())], [pa.array(archs.astype(str))]
    for column, values in columns:
        by_cell = values.reindex(archs.index)
        fields.append(pa.field(column.name, pa.float64(), metadata=column.metadata))
        arrays.append(pa.array(by_cell.to_numpy(float), from_pandas=True))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _columns(stored: pa.Table) -> Iterator[tuple[StoredColumn, pd.DataFrame]]:
    """Yield what a column is, and a row a cell that has a value."""
    archs = pd.Categorical(stored.column("arch").to_pandas())
    for field in stored.schema:
        if field.metadata:
            column = StoredColumn.of(field)
            values = stored.column(field.name).to_numpy()
            there = np.flatnonzero(np.isfinite(values))
            frame = {
                "index": there.astype(np.int32),
                "arch": archs[there],
                "dataset": _constant(column.dataset, len(there)),
                "epochs": _number(column.epochs, len(there)),
                "seed": _number(column.seed, len(there)),
                "value": values[there],
            }
            yield column, pd.DataFrame(frame)


def _constant(text: str, count: int) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(np.zeros(count, dtype=np.int8), categories=pd.Index([text]))


def _number(value: int | None, count: int) -> pd.Series:
    return pd.Series(value, range(count), dtype="Int16")


def _concatenated(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return all rows, text as categories still."""
    names = [name for name in frames[0] if frames[0][name].dtype == "category"]
    rows = pd.concat([frame.drop(columns=names) for frame in frames], ignore_index=True)
    for name in names:
        rows[name] = union_categoricals([frame[name] for frame in frames])
    return rows
