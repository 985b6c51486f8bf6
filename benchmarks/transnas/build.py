"""Build the table of TransNAS-Bench-101 that comes with the project, from the benchmark's figures.

``python -m benchmarks.transnas.build FOLDER`` reads what ``tables/DATA.md`` names and writes
``tables/transnas_micro.parquet`` with its checksum. Figures are stored as they are found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from benchmarks.stored import Column, whole
from benchmarks.transnas.builtin import TABLE
from benchmarks.transnas.space import MICRO

MEASURES = {
    "top1 %": "accuracy",
    "pixel accuracy %": "pixel accuracy",
    "SSIM": "SSIM",
    "negative loss": "negative loss",
}
"""What the source's metrics are called here."""


def _rows(folder: Path) -> pd.DataFrame:
    rows = pd.read_parquet(folder / "transnas101_final_valid.parquet")
    return rows[rows["bench"] == "transbench101_micro"]


def columns(folder: Path) -> Iterator[tuple[Column, pd.Series]]:
    """Yield every figure by candidate, in the order of the file."""
    rows = _rows(folder)
    for task in MICRO.datasets:
        some = rows[rows["task"] == task.name].set_index("index")
        (metric,) = some["metric"].unique()
        name = Column(task.name, task.split, MICRO.epochs(task), measure=MEASURES[metric])
        yield name, some["value"]


def build(folder: Path) -> pa.Table:
    """Return the table, its candidates in the source's order."""
    once = _rows(folder).drop_duplicates("index").set_index("index")
    return whole(once["nasbench_string"].sort_index(), columns(folder))


if __name__ == "__main__":
    TABLE.write(build(Path(sys.argv[1])))
    sys.stdout.write(f"{TABLE.file.name}: {TABLE.file.stat().st_size / 1e6:.2f} MB\n")
