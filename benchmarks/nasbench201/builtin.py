"""The tables of NAS-Bench-201's cells that come with the project: accuracies, seconds, costs.

The networks of ``cifar10-valid`` are those of ``cifar10``.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.stored import Stored

TABLE = Stored(
    Path(__file__).parent / "tables" / "nats_tss.parquet", (("cifar10-valid", "cifar10"),)
)

V1_1 = "NAS-Bench-201 v1.1"
"""A version of the benchmark whose accuracies are others in some 15 % of the cells."""
