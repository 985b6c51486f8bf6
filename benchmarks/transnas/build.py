"""Build the tables of TransNAS-Bench-101 that come with the project, from the benchmark's figures.

``python -m benchmarks.transnas.build FOLDER`` reads what ``tables/DATA.md`` names and writes
``tables/transnas_micro.parquet`` and ``tables/transnas_macro.parquet`` with their checksums.
Figures are stored as they are found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from benchmarks.space import Benchmark
from benchmarks.stored import Stored, StoredColumn, whole
from benchmarks.transnas.builtin import MACRO_TABLE, MICRO_TABLE
from benchmarks.transnas.macro import SKELETONS
from benchmarks.transnas.space import MICRO

MEASURES = {
    "top1 %": "accuracy",
    "pixel accuracy %": "pixel accuracy",
    "SSIM": "SSIM",
    "negative loss": "negative loss",
}
"""What the source's metrics are called here."""


SPACES: dict[str, tuple[Benchmark, Stored]] = {
    "transbench101_micro": (MICRO, MICRO_TABLE),
    "transbench101_macro": (SKELETONS, MACRO_TABLE),
}
"""What the source calls the two spaces, and where each is kept."""


def _rows(folder: Path, bench: str) -> pd.DataFrame:
    rows = pd.read_parquet(folder / "transnas101_final_valid.parquet")
    return rows[rows["bench"] == bench]


def columns(folder: Path, bench: str) -> Iterator[tuple[StoredColumn, pd.Series]]:
    """Yield every figure of a space by candidate, in the order of the file."""
    rows, (space, _) = _rows(folder, bench), SPACES[bench]
    for task in space.datasets:
        some = rows[rows["task"] == task.name].set_index("index")
        (metric,) = some["metric"].unique()
        name = StoredColumn(task.name, task.split, space.epochs(task), measure=MEASURES[metric])
        yield name, some["value"]


def build(folder: Path, bench: str) -> pa.Table:
    """Return the table of a space, its candidates in the source's order."""
    once = _rows(folder, bench).drop_duplicates("index").set_index("index")
    return whole(once["nasbench_string"].sort_index(), columns(folder, bench))


if __name__ == "__main__":
    for bench, (_, table) in SPACES.items():
        table.write(build(Path(sys.argv[1]), bench))
        sys.stdout.write(f"{table.file.name}: {table.file.stat().st_size / 1e6:.2f} MB\n")
