"""Stored scores held to what their formulas give today."""

from __future__ import annotations

import math

from harness.atlases.stored import Atlas
from harness.scoring.engine import score
from harness.scoring.tasks import Setting, Task
from proxies import load_all

TOLERANCE = {"cpu": 1e-3, "cuda": 5e-2}
"""Change that another order of additions may make, in 32 bits, and other kernels, as a GPU has.

It is a part of the score or, as sums cancel, of the median of its column: see ``studies.rounding``.
"""


def differing(atlas: Atlas, setting: Setting, subject: str, seed: int) -> list[str]:
    """Score a subject anew; return the proxies whose stored score is another."""
    tolerance = max(TOLERANCE[device] for device in atlas.devices)
    there = [name for name, c in atlas.columns.items() if (subject, seed) in c.values.index]
    proxies = []
    for row in score(setting, Task(subject, seed, tuple(load_all()[name] for name in there))):
        column = atlas.columns[row.proxy].values
        stored, usual = float(column[subject, seed]), float(column.abs().median())
        least = max(1e-9, tolerance * usual) if math.isfinite(usual) else 1e-9
        same = math.isclose(row.score, stored, rel_tol=tolerance, abs_tol=least)
        if not same and not (row.status == "undefined" and math.isnan(stored)):
            proxies.append(row.proxy)
    return proxies
