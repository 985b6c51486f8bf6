"""Intervals, differences and rank intervals from influences, summed over functional classes.

Cells of one class share a score and train the same function, so classes are what a new sample would
draw. All statistics of a table share their classes, so differences are paired by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from harness.judging.ranks import Statistic, Vector

Z = float(norm.ppf(0.975))
"""Standard errors on either side of a 95 % interval."""

DRAWS = 4000
"""Of all values at once, for the intervals of ranks."""

FEWEST = 10
"""Classes below which no interval is given."""


class Sample(NamedTuple):
    """Values (P,) of one statistic for P proxies, and what each class contributes, (P, classes)."""

    values: Vector
    contributions: NDArray[np.float64]

    @classmethod
    def of(
        cls, statistics: Sequence[Statistic], members: Sequence[NDArray[np.int64]], classes: int
    ) -> Sample:
        """Sum each statistic's influences by the class number of its observations."""
        sums = [
            np.bincount(classes_of, one.influence, classes)
            for one, classes_of in zip(statistics, members, strict=True)
        ]
        seen = [max(len(np.unique(classes_of)), 1) for classes_of in members]
        scale = [np.sqrt(m / (m - 1)) if m >= FEWEST else np.nan for m in seen]
        values = np.array([one.value for one in statistics])
        return cls(values, np.array(sums) * np.array(scale)[:, None])

    @property
    def errors(self) -> Vector:
        """Standard errors, (P,)."""
        errors: Vector = np.sqrt((self.contributions**2).sum(1))
        return errors

    def intervals(self) -> tuple[Vector, Vector]:
        """Return the ends of 95 % intervals, as if the values are correlations."""
        return fisher(self.values, self.errors)

    def differences(self, of: int) -> tuple[Vector, Vector, Vector]:
        """Return value ``of`` less each value, standard errors, and two-sided p-values."""
        gaps = self.values[of] - self.values
        errors = np.sqrt(((self.contributions[of] - self.contributions) ** 2).sum(1))
        certain = errors < 1e-12
        p = 2 * norm.sf(np.abs(gaps) / np.where(certain, 1.0, errors))
        return gaps, errors, np.where(certain, (np.abs(gaps) < 1e-12).astype(float), p)

    def ranks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ends of 95 % intervals of each value's place, 1 the largest; 0 if unknown."""
        known = np.isfinite(self.values) & np.isfinite(self.errors)
        low = np.zeros(len(self.values), dtype=np.int64)
        high = low.copy()
        if not known.any():
            return low, high
        # classes drawn with N(0, 1) weights: the values' joint distribution, to first order
        multipliers = np.random.default_rng(0).standard_normal((DRAWS, self.contributions.shape[1]))
        drawn = self.values[known] + multipliers @ self.contributions[known].T
        # equal scores share their place, as in every draw
        places = 1 + (drawn[:, None, :] > drawn[:, :, None] + 1e-9).sum(2)
        low[known], high[known] = np.quantile(places, [0.025, 0.975], axis=0, method="nearest")
        return low, high


def fisher(values: Vector, errors: Vector) -> tuple[Vector, Vector]:
    """Return the ends of 95 % intervals of correlations, symmetric after Fisher's transform.

    A correlation of 1 or -1 has itself as its interval, an unknown error none.
    """
    inside = np.abs(values) < 1
    z = np.arctanh(np.where(inside, values, 0.0))
    half = Z * errors / np.where(inside, 1 - values**2, 1.0)
    ends = (np.where(inside, np.tanh(z + sign * half), values) for sign in (-1, 1))
    low, high = (np.where(np.isfinite(errors), end, np.nan) for end in ends)
    return low, high


def holm(p: Vector) -> Vector:
    """Return p-values adjusted for their number; missing ones are not counted.

    Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scand. J. Stat. 1979.
    """
    adjusted = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    steps = p[order] * (len(order) - np.arange(len(order)))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
