"""The tables of NAS-Bench-201's cells that come with the project: accuracies, seconds, costs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.types import union_categoricals

from benchmarks.errors import BadInput
from benchmarks.metrics import MetricTable
from benchmarks.table import AccuracyTable

FILE = Path(__file__).parent / "tables" / "nats_tss.parquet"
CHECKSUM = FILE.with_suffix(".json")

V1_1 = "NAS-Bench-201 v1.1"
"""A version of the benchmark whose accuracies are others in some 15 % of the cells."""


@dataclass(frozen=True)
class Column:
    """What a column of the file holds: an accuracy, or a ``metric``.

    ``version`` is that of an accuracy which is of another version of the benchmark than the rest.
    """

    dataset: str
    split: str = ""
    epochs: int | None = None
    seed: int | None = None
    metric: str = ""
    version: str = ""

    @property
    def name(self) -> str:
        """A name for readers; what a column means is in its metadata."""
        seed = "mean" if self.seed is None else f"seed {self.seed}"
        accuracy = f"{self.split} {self.epochs} epochs {seed}"
        trained = f" {self.epochs} epochs" if self.epochs else ""
        what = f"{self.metric}{trained}" if self.metric else accuracy
        return f"{self.dataset} {what}{f' ({self.version})' if self.version else ''}"

    @property
    def metadata(self) -> dict[str, str]:
        """As Parquet keeps it."""
        return {"column": json.dumps(asdict(self))}

    @classmethod
    def of(cls, field: pa.Field) -> Self:
        """Read what :attr:`metadata` wrote."""
        return cls(**json.loads(field.metadata[b"column"]))


def accuracies() -> AccuracyTable:
    """Return the accuracies of all cells, in percent.

    Raises:
        BadInput: the file is damaged.
    """
    stored = _read()
    found: dict[bool, list[pd.DataFrame]] = {False: [], True: []}
    for column, frame in _columns(stored):
        if not column.metric:
            frame["split"] = _constant(column.split, len(frame))
            found[bool(column.version)].append(frame.rename(columns={"value": "accuracy"}))
    own, others = (_together(frames) for frames in (found[False], found[True]))
    return AccuracyTable.from_rows(own).with_trials(others, V1_1)


def metrics() -> MetricTable:
    """Return what cells cost: training seconds, latencies and energies, and what is counted.

    The networks of ``cifar10-valid`` are those of ``cifar10``.

    Raises:
        BadInput: the file is damaged.
    """
    frames = []
    for column, frame in _columns(_read()):
        if column.metric:
            frame["metric"] = _constant(column.metric, len(frame))
            frames.append(frame)
            if column.metric in ("params", "flops") and column.dataset == "cifar10":
                same = {"dataset": _constant("cifar10-valid", len(frame))}
                frames.append(frame.assign(**same))
    return MetricTable.from_rows(_together(frames))


def _read() -> pa.Table:
    try:
        content = FILE.read_bytes()
        wanted = json.loads(CHECKSUM.read_text(encoding="utf-8"))["sha256"]
        if hashlib.sha256(content).hexdigest() == wanted:
            return pq.read_table(pa.BufferReader(content))
        found = "another content"
    except (OSError, ValueError, KeyError) as error:
        found = str(error)
    raise BadInput(
        f"`{FILE}` should be the table that came with this project. Found {found}. Install the "
        "project again, or give `--truth`."
    )


def _columns(stored: pa.Table) -> Iterator[tuple[Column, pd.DataFrame]]:
    """Yield what a column is, and a row a cell that has a value."""
    archs = pd.Categorical(stored.column("arch").to_pandas())
    for field in stored.schema:
        if field.metadata:
            column = Column.of(field)
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


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return all rows, text as categories still."""
    names = [name for name in frames[0] if frames[0][name].dtype == "category"]
    rows = pd.concat([frame.drop(columns=names) for frame in frames], ignore_index=True)
    for name in names:
        rows[name] = union_categoricals([frame[name] for frame in frames])
    return rows
