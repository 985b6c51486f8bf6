"""Means of several rows over the same seeds: places, and differences from a yardstick."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from harness.judging.uncertainty import Sample, Z, holm


class PairedMean(NamedTuple):
    """A row's mean with its 95 % interval, its place, and by how much it passes the yardstick.

    ``value`` to ``p_best`` mean what they mean in :class:`reports.rows.SearchStatistic`; ``gap`` is
    the mean less the yardstick's, paired by seed, with ``p`` and ``p_holm``, NaN of the yardstick.
    """

    name: str
    value: float
    low: float
    high: float
    n: int
    place_low: int
    place_high: int
    behind: float
    p_best: float
    gap: float
    gap_low: float
    gap_high: float
    p: float
    p_holm: float

    def turned(self) -> PairedMean:
        """Return what it is of the values with their sign turned: places stay."""
        return self._replace(
            value=-self.value,
            low=-self.high,
            high=-self.low,
            gap=-self.gap,
            gap_low=-self.gap_high,
            gap_high=-self.gap_low,
        )


def sampled(wide: pd.DataFrame) -> Sample:
    """Return means and what each seed contributes: paired, as all share their seeds."""
    x = wide.to_numpy(float).T
    n = np.isfinite(x).sum(1, keepdims=True)
    means = np.where(n > 0, np.nansum(x, 1, keepdims=True) / np.maximum(n, 1), np.nan)
    scale = np.where(n > 1, np.sqrt(np.maximum(n * (n - 1), 1)), np.nan)
    return Sample(means[:, 0], np.where(np.isfinite(x), x - means, 0.0) / scale)


def compared(wide: pd.DataFrame, yardstick: str) -> list[PairedMean]:
    """Return a comparison a column, larger better.

    Args:
        wide: seeds x rows, NaN where a run failed.
        yardstick: the column that the others are compared with.
    """
    names, sample = [str(name) for name in wide], sampled(wide)
    errors, places = sample.errors, sample.places()
    known = np.isfinite(sample.values) & np.isfinite(errors)
    leader = int(np.argmax(np.where(known, sample.values, -np.inf)))
    behind, _, _ = sample.differences(leader)
    gaps, gap_errors, p = sample.differences(names.index(yardstick))
    p[names.index(yardstick)] = np.nan
    adjusted = holm(np.where(np.isfinite(gaps), p, np.nan))
    comparisons = []
    for i, name in enumerate(names):
        value, half = float(sample.values[i]), Z * float(errors[i])
        gap = float("nan") if name == yardstick else float(-gaps[i])
        gap_half = Z * float(gap_errors[i])
        comparisons.append(
            PairedMean(
                name,
                value,
                value - half,
                value + half,
                int(wide[name].notna().sum()),
                place_low=int(places.low[i]),
                place_high=int(places.high[i]),
                behind=float(behind[i]) if known[i] else float("nan"),
                p_best=float(places.best[i]),
                gap=gap,
                gap_low=gap - gap_half,
                gap_high=gap + gap_half,
                p=float(p[i]),
                p_holm=float(adjusted[i]),
            )
        )
    return comparisons
