"""What measured pairs say: similarity by distance, and what goes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from harness.judging.ranks import Vector, spearman
from reports.interference import Association, Interference

GROUPS = ["trained", "stage"]


def by_distance(rows: pd.DataFrame) -> Iterator[Interference]:
    """Yield the mean cosine of gradients by training, stage and distance.

    A pair's cosine is the mean over the convolutions and cells that it shares; a supernet's is the
    mean over pairs; intervals are of the mean over supernets.
    """
    known = rows.dropna(subset="gradient")
    of_pairs = known.groupby([*GROUPS, "distance", "seed", "pair"])["gradient"].mean()
    for (trained, stage, distance), some in _each(of_pairs, [*GROUPS, "distance"]):
        each = some.groupby("seed").mean().to_numpy()
        yield Interference(distance, stage, trained, *over_supernets(each), len(some))


def associations(rows: pd.DataFrame) -> Iterator[Association]:
    """Yield what the cosine of gradients goes with, over shared convolutions, a supernet each."""
    known = rows.dropna(subset=["gradient", "inputs", "outputs"])
    measures: dict[str, Callable[[pd.DataFrame], float]] = {
        "distance": lambda some: _correlation(some, "gradient", "distance"),
        "inputs": lambda some: partial(some, "inputs"),
        "outputs": lambda some: partial(some, "outputs"),
    }
    for (trained, stage), some in _each(known, GROUPS):
        count = len(some.drop_duplicates(["seed", "distance", "pair"]))
        for of, measure in measures.items():
            each = np.array([measure(supernet) for _, supernet in some.groupby("seed")])
            yield Association(of, stage, trained, *over_supernets(each), count)


def partial(rows: pd.DataFrame, of: str) -> float:
    r"""Return Spearman's correlation of gradients' cosine and ``of``, distance held constant.

    .. math:: (a - b c) / \sqrt{(1 - b^2) (1 - c^2)}

    of the three correlations: a of the two, b and c of each with distance.
    """
    a = _correlation(rows, "gradient", of)
    b, c = (_correlation(rows, name, "distance") for name in ("gradient", of))
    return float((a - b * c) / np.sqrt((1 - b**2) * (1 - c**2)))


def over_supernets(each: Vector) -> tuple[float, float, float]:
    """Return the mean over supernets and the ends of its 95 % interval, by Student's t.

    One supernet has no interval.
    """
    mean, n = float(each.mean()), len(each)
    if n < 2:
        return mean, float("nan"), float("nan")
    half = float(stdtrit(n - 1, 0.975) * each.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def _each(rows: Any, names: list[str]) -> Iterator[tuple[Any, Any]]:
    """Yield the rows of each combination of names."""
    yield from rows.groupby(names)


def _correlation(rows: pd.DataFrame, first: str, second: str) -> float:
    return spearman(rows[first].to_numpy(float), rows[second].to_numpy(float)).value
