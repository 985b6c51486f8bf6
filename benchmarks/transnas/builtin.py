"""The figures of TransNAS-Bench-101 that come with the project: seven tasks, a training each."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stored import Stored

TABLES = Path(__file__).parent / "tables"

MICRO_TABLE = Stored(TABLES / "transnas_micro.parquet", alone=True)
MACRO_TABLE = Stored(TABLES / "transnas_macro.parquet", alone=True)
