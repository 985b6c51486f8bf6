"""The figures of NAS-Bench-Macro that come with the project: accuracies of three runs, counts."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stored import Stored

TABLE = Stored(Path(__file__).parent / "tables" / "nas_bench_macro.parquet")
