"""Stored scores held to what their formulas give today."""

from __future__ import annotations

import math

from harness.atlases.stored import Atlas
from harness.scoring.engine import score
from harness.scoring.tasks import Setting, Task
from proxies import load_all

TOLERANCE = {"cpu": 1e-3, "cuda": 5e-2}
"""Relative change that another order of additions may make, in 32 bits, and other kernels, as a GPU
has; ``python -m studies.rounding`` measures them."""


def differing(atlas: Atlas, setting: Setting, subject: str, seed: int) -> list[str]:
    """Score a subject anew; return the proxies whose stored score is another."""
    tolerance = max(TOLERANCE[device] for device in atlas.devices)
    there = [name for name, c in atlas.columns.items() if (subject, seed) in c.values.index]
    proxies = []
    for row in score(setting, Task(subject, seed, tuple(load_all()[name] for name in there))):
        stored = float(atlas.columns[row.proxy].values[subject, seed])
        same = math.isclose(row.score, stored, rel_tol=tolerance, abs_tol=1e-9)
        if not same and not (row.status == "undefined" and math.isnan(stored)):
            proxies.append(row.proxy)
    return proxies
