"""Build the tables of NAS-Bench-201 that come with the project, from the files of others.

``python -m benchmarks.nasbench201.build FOLDER`` reads what ``tables/DATA.md`` names and writes
``tables/nats_tss.parquet`` with its checksum: one row a cell, one column a figure, and each
column's meaning in its metadata. Figures are stored as they are found, to the last bit.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from benchmarks.costs import METRICS
from benchmarks.nasbench201.builtin import TABLE, V1_1
from benchmarks.stored import StoredColumn, whole

CELLS = 15_625


ACCURACIES = {"nb201_table": "", "nb201_xvalid200_trials": "", "nb201_v1_1_trials": V1_1}
"""Files of accuracies, and the version of the benchmark where it is another."""

ACCURACY = ["dataset", "split", "epochs", "seed"]

COUNTS = {"params_m": "params", "flops_m": "flops"}


def columns(folder: Path) -> Iterator[tuple[StoredColumn, pd.Series]]:
    """Yield every figure by cell, in the order of the file."""
    for file, version in ACCURACIES.items():
        rows = pd.read_parquet(folder / f"{file}.parquet")
        for (dataset, split, epochs, seed), values in _each(rows, "accuracy", ACCURACY):
            trial = None if pd.isna(seed) else int(seed)
            yield StoredColumn(dataset, split, int(epochs), trial, version=version), values
    seconds = pd.read_parquet(folder / "nb201_train_seconds.parquet")
    for (dataset, epochs), values in _each(seconds, "seconds", ["dataset", "epochs"]):
        yield StoredColumn(dataset, epochs=int(epochs), metric="train_seconds"), values
    costs = pd.read_parquet(folder / "nb201_costs.parquet")
    for count, metric in COUNTS.items():
        for (dataset,), values in _each(costs, count, ["dataset"]):
            yield StoredColumn(dataset, metric=metric), (values * 1e6).round()
    hardware = pd.read_parquet(folder / "hw_nas_bench.parquet")
    for (dataset, metric), values in _each(hardware, "value", ["dataset", "metric"]):
        if metric in METRICS:
            yield StoredColumn(dataset, metric=metric), values[values >= 0]  # -1: not measured


def _each(rows: pd.DataFrame, value: str, names: list[str]) -> Iterator[tuple[Any, pd.Series]]:
    """Yield each combination of names, and its values by cell."""
    for named, some in rows.groupby(names, dropna=False, observed=True):
        yield named, some.set_index("index")[value]


def build(folder: Path) -> pa.Table:
    """Return the table."""
    named = pd.read_parquet(folder / "nb201_table.parquet", columns=["index", "arch"])
    archs = named.drop_duplicates().set_index("index")["arch"].sort_index()
    if list(archs.index) != list(range(CELLS)):
        raise SystemExit(f"The table should hold {CELLS} cells. It holds {len(archs)}.")
    return whole(archs, columns(folder))


if __name__ == "__main__":
    TABLE.write(build(Path(sys.argv[1])))
    sys.stdout.write(f"{TABLE.file.name}: {TABLE.file.stat().st_size / 1e6:.2f} MB\n")
