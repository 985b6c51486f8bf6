"""What each run would have chosen, had it been stopped earlier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Incumbents(NamedTuple):
    """A run's choice over what was spent, as steps: from ``spent`` on, one of that accuracy."""

    spent: Vector
    accuracy: Vector

    def at(self, budgets: Vector) -> Vector:
        """Return the accuracy of the choice at each budget, NaN where there is none yet."""
        place = np.searchsorted(self.spent, budgets, side="right") - 1
        return np.where(place < 0, np.nan, self.accuracy[np.maximum(place, 0)])

    def first(self, least: float) -> float:
        """Return what had been spent when a choice first had this accuracy, infinity if never."""
        reached = np.flatnonzero(self.accuracy >= least)
        return float(self.spent[reached[0]]) if len(reached) else float("inf")


def best_so_far(epochs: NDArray[np.int64], signal: Vector) -> NDArray[np.int64]:
    """Return, after each training, the step of the best by signal among the longest trained."""
    if not len(epochs):
        return np.empty(0, dtype=np.int64)
    order = epochs * 1000.0 + signal  # a signal is at most 100
    best = np.maximum.accumulate(order)
    new = np.append(True, best[1:] > best[:-1])
    steps: NDArray[np.int64] = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    return steps


def parts(trials: pd.DataFrame) -> dict[tuple[str, int], slice]:
    """Return the rows of every run, which stand together, by searcher and seed."""
    names = trials["searcher"].to_numpy(str)
    seeds = trials["seed"].to_numpy()
    changes = np.flatnonzero((names[1:] != names[:-1]) | (seeds[1:] != seeds[:-1])) + 1
    starts = [0, *changes.tolist()] if len(trials) else []
    ends = [*starts[1:], len(trials)]
    return {(str(names[a]), int(seeds[a])): slice(a, b) for a, b in zip(starts, ends, strict=True)}


def incumbents(
    runs: pd.DataFrame, trials: pd.DataFrame, accuracy: Mapping[int, float]
) -> dict[str, list[Incumbents]]:
    """Return the incumbents of every run that did not fail, by searcher, in order of seeds."""
    columns = ["index", "epochs", "spent", "signal"]
    arrays = [trials[name].to_numpy() for name in columns]
    where = parts(trials)
    by_searcher: dict[str, list[Incumbents]] = {str(name): [] for name in runs["searcher"].unique()}
    done = runs[runs["status"] == "ok"].sort_values("seed", kind="stable")
    each = zip(done["searcher"], done["seed"], done["index"], done["spent"], strict=True)
    for searcher, seed, choice, spent in each:
        part = where.get((searcher, seed), slice(0, 0))
        index, epochs, paid, signal = (array[part] for array in arrays)
        steps = best_so_far(epochs.astype(np.int64), signal)
        reached = [accuracy[int(index[step])] for step in steps]
        by_searcher[searcher].append(
            Incumbents(np.append(paid, spent), np.array([*reached, accuracy[int(choice)]]))
        )
    return by_searcher
