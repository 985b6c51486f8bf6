"""Intervals, differences and places from what each draw contributes.

All statistics of a table are of the same draws, so differences are paired by construction. What a
draw is, and so which population intervals speak for, is said by :mod:`harness.runs.designs`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from harness.judging.ranks import Vector

Z = float(ndtri(0.975))
"""Standard errors on either side of a 95 % interval."""

DRAWS = 4000
"""Of all values at once, for statements about all pairs."""

LEVEL = 0.05
"""Probability of an error that a statement about all of them may make."""

CERTAIN = 1e-12
"""Standard errors below which a value, or a difference, is taken as known."""


class Sample(NamedTuple):
    """Values (P,) of one statistic for P proxies, and what each draw contributes, (P, units).

    The values' covariance is the contributions times their transpose.
    """

    values: Vector
    contributions: NDArray[np.float64]

    @property
    def errors(self) -> Vector:
        """Standard errors, (P,)."""
        errors: Vector = np.sqrt((self.contributions**2).sum(1))
        return errors

    def intervals(self) -> tuple[Vector, Vector]:
        """Return the ends of 95 % intervals, as if the values are correlations.

        Where nothing was sampled and no noise was measured there is no interval.
        """
        known = (self.errors > CERTAIN) | (np.abs(self.values) >= 1)
        return fisher(self.values, np.where(known, self.errors, np.nan))

    def differences(self, of: int) -> tuple[Vector, Vector, Vector]:
        """Return value ``of`` less each value, standard errors, and two-sided p-values."""
        gaps = self.values[of] - self.values
        errors = np.sqrt(((self.contributions[of] - self.contributions) ** 2).sum(1))
        certain = errors < CERTAIN
        p = 2 * ndtr(-np.abs(gaps) / np.where(certain, 1.0, errors))
        return gaps, errors, np.where(certain, (np.abs(gaps) < CERTAIN).astype(float), p)

    def places(self) -> Places:
        r"""Return each value's 95 % interval of its place, and whether it may be the best.

        A place runs from 1 + how many values are significantly larger to P - how many are
        significantly smaller, by :math:`|t|` of all pairs and one critical value: the 95 % quantile
        of its maximum, drawn from the values' joint normal distribution. All places hold at once.
        Source: Mogstad, Romano, Shaikh and Wilhelm, Inference for Ranks, Rev. Econ. Stud. 2024.

        The p-value is of the hypothesis that a value is the best: how often the largest of what
        others exceed it by, in standard errors, would be as large as it is. Those of 5 % and more
        are a 95 % set that holds the best. Source: Hsu, Simultaneous Confidence Intervals for all
        Distances from the "Best", Ann. Stat. 1981.
        """
        known = np.flatnonzero(np.isfinite(self.values) & np.isfinite(self.errors))
        low, high = (np.zeros(len(self.values), dtype=np.int64) for _ in range(2))
        best = np.full(len(self.values), np.nan)
        draws = self._draws(known)
        t, widest = np.zeros((len(known), len(known))), np.zeros(DRAWS)
        for row, value in enumerate(known):
            gaps, errors, _ = self.differences(int(value))
            certain = errors[known] < CERTAIN
            scale = np.where(certain, np.inf, errors[known])
            behind = -gaps[known]
            sure = np.where(np.abs(behind) < CERTAIN, 0.0, np.copysign(np.inf, behind))
            t[row] = np.where(certain, sure, behind / scale)
            drawn = (draws - draws[:, [row]]) / scale
            widest = np.maximum(widest, np.abs(drawn).max(1))
            others = np.arange(len(known)) != row
            if others.any():
                reached = drawn[:, others].max(1)
                best[value] = (reached >= t[row, others].max() - CERTAIN).mean()
            else:
                best[value] = 1.0
        if len(known):
            critical = float(np.quantile(widest, 1 - LEVEL))
            low[known] = 1 + (t > critical).sum(1)
            high[known] = len(known) - (t < -critical).sum(1)
        return Places(low, high, best)

    def _draws(self, known: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return joint normal deviations of some values, (DRAWS, known)."""
        own = self.contributions[known]
        sizes, ways = np.linalg.eigh(own @ own.T)
        normal = np.random.default_rng(0).standard_normal((DRAWS, len(known)))
        draws: NDArray[np.float64] = (normal * np.sqrt(np.maximum(sizes, 0))) @ ways.T
        return draws


class Places(NamedTuple):
    """Ends of places, 1 the largest and 0 if unknown, and p-values of being the best, (P,)."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    best: Vector


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


def error_of(value: float, low: float, high: float) -> float:
    """Return the standard error that :func:`fisher` made an interval of; NaN where it made none."""
    if not abs(value) < 1:
        return 0.0
    return float((np.arctanh(high) - np.arctanh(low)) * (1 - value**2) / (2 * Z))


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
