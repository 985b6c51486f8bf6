"""The figures of TransNAS-Bench-101 that come with the project: seven tasks, a training each."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stored import Stored

TABLE = Stored(Path(__file__).parent / "tables" / "transnas_micro.parquet")
