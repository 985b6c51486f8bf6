"""The embedded benchmark: the skeleton of NAS-Bench-201, small, on digits."""

from __future__ import annotations

from benchmarks.nasbench201.space import Topology
from benchmarks.space import EMBEDDED, Dataset

DIGITS = Dataset("digits", 10, 12, "x-test", (75.96, 76.08, 76.49), (60.93, 61.25, 61.03))

MINI = Topology(
    "mini",
    (DIGITS,),
    full_epochs=3,
    truth=EMBEDDED,
    images=EMBEDDED,
    sample_of="NAS-Bench-201's functional classes, apportioned to its 15,625 cells",
    short_epochs=1,
    width=8,
    cells=2,
)
"""A sample: :func:`benchmarks.mini.build.chosen_cells` says how it was drawn."""
