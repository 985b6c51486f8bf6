"""How much of a score is the seed of its initial weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.judging.ranks import midranks


def share_of_seed(scores: NDArray[np.float64]) -> float:
    """Return the within-class share of the variance of ranks, of scores (classes, seeds).

    One-way random effects: ranks are taken among all entries; the variance of class means is
    corrected for what seeds put into it.
    """
    ranks = midranks(scores.ravel()).reshape(scores.shape)
    within = ranks.var(axis=1, ddof=1).mean()
    between = max(ranks.mean(axis=1).var(ddof=1) - within / scores.shape[1], 0.0)
    return float(within / (within + between)) if within + between > 0 else 0.0
