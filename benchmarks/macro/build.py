"""Build the table of NAS-Bench-Macro that comes with the project, from the benchmark's figures.

``python -m benchmarks.macro.build FOLDER`` reads what ``tables/DATA.md`` names and writes
``tables/nas_bench_macro.parquet`` with its checksum. Figures are stored as they are found.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa

from benchmarks.macro.builtin import TABLE
from benchmarks.macro.chain import every_chain
from benchmarks.macro.space import CIFAR10, MACRO
from benchmarks.stored import StoredColumn, whole


def columns(folder: Path) -> Iterator[tuple[StoredColumn, pd.Series]]:
    """Yield every figure by candidate, in the order of the file."""
    rows = pd.read_parquet(folder / "nas_bench_macro.parquet")
    for seed, run in rows.groupby("seed"):
        trained = CIFAR10.name, CIFAR10.split, MACRO.full_epochs, int(str(seed))
        yield (
            StoredColumn(*trained, measure="best-epoch accuracy"),
            run.set_index("index")["accuracy"],
        )
    once = rows.drop_duplicates("index").set_index("index")
    for metric in ("params", "flops"):
        yield StoredColumn(CIFAR10.name, metric=metric), once[metric]


def build(folder: Path) -> pa.Table:
    """Return the table."""
    archs = pd.Series([str(chain) for chain in every_chain()])
    return whole(archs, columns(folder))


if __name__ == "__main__":
    TABLE.write(build(Path(sys.argv[1])))
    sys.stdout.write(f"{TABLE.file.name}: {TABLE.file.stat().st_size / 1e6:.2f} MB\n")
