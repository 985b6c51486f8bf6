"""Fronts of several objectives: the true one, those that runs find, and what these are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.errors import BadInput
from harness.searching.incumbents import parts
from harness.searching.objectives import Objectives
from searchers import ERROR
from searchers.fronts import hypervolume, nondominated

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

MARGIN = 0.1
"""Of the front's range, by which the reference point lies beyond it."""

MEASURES = {"hypervolume": 1, "epsilon": -1, "igd_plus": -1, "found": 1}
"""What a front is worth by, and whether larger is better."""


class TrueFront(NamedTuple):
    """The front of the whole space, and what measures are relative to.

    Attributes:
        values: the candidates on it by index, a column an objective.
        points: (k, m), each once.
        best: the least of each objective on it.
        worst: the largest of each objective on it.
        reference: the point beyond which nothing counts.
    """

    values: pd.DataFrame
    points: Matrix
    best: Vector
    worst: Vector
    reference: Vector

    @property
    def span(self) -> Vector:
        """The range of each objective on it, 1 where that is nothing."""
        gap = self.worst - self.best
        return np.where(gap > 0, gap, 1.0)

    def measures(self, front: Matrix) -> tuple[float, ...]:
        r"""Return what a front is worth, in the order of :data:`MEASURES`.

        The *hypervolume* is a share of the true front's. *epsilon* is by how much the worst served
        point of the true front is missed, :math:`\max_z \min_a \max_i (a_i - z_i)`, and *igd_plus*
        the mean distance, :math:`\frac1k \sum_z \min_a \lVert (a - z)_+ \rVert_2`, both with the
        true front's ranges as 1. *found* is the share of its points that are there. Without a
        point, epsilon and igd_plus are NaN. Sources: Zitzler et al., Performance Assessment of
        Multiobjective Optimizers, IEEE Trans. Evol. Comp. 7, 2003; Ishibuchi et al., Modified
        Distance Calculation in Generational Distance and IGD, EMO 2015.
        """
        if not len(front):
            return (0.0, float("nan"), float("nan"), 0.0)
        share = hypervolume(front, self.reference) / hypervolume(self.points, self.reference)
        missed = (front - self.points[:, None]) / self.span
        epsilon = missed.max(2).min(1).max()
        distance = np.sqrt((np.maximum(missed, 0) ** 2).sum(2)).min(1).mean()
        there = (missed == 0).all(2).any(1).mean()
        return (share, float(epsilon), float(distance), float(there))


def true_front(objectives: Objectives, reference: Sequence[float] = ()) -> TrueFront:
    """Return the front of all candidates that are better than a guess.

    Without a reference point it lies beyond the front by :data:`MARGIN` of its range.

    Raises:
        BadInput: the reference point lies inside the front.
    """
    values = objectives.values
    learned = values[values[ERROR] < objectives.chance]
    values = learned if len(learned) else values
    on = values.iloc[nondominated(values)]
    points = np.unique(on.to_numpy(float), axis=0)
    best, worst = points.min(0), points.max(0)
    gap = worst - best
    beyond = worst + MARGIN * np.where(gap > 0, gap, np.maximum(np.abs(worst), 1.0))
    if len(reference) and (np.array(reference) < worst).any():
        named = ", ".join(f"{name} {end:g}" for name, end in zip(values, worst, strict=True))
        given = ",".join(f"{number:g}" for number in reference)
        raise BadInput(
            f"`--reference` should lie beyond the true front, which reaches to {named}. Found "
            f"`{given}`."
        )
    return TrueFront(on, points, best, worst, np.array(reference) if len(reference) else beyond)


class RunFront(NamedTuple):
    """The trainings of a run: what had been spent after each, and what each leads to.

    ``leaves`` numbers the training after which it is on the front no longer, as many as there are
    if never; ``trained`` are candidates by index, ``judged`` their objectives, (n, m).
    """

    seed: int
    spent: Vector
    leaves: NDArray[np.int64]
    trained: NDArray[np.int64]
    judged: Matrix

    def at(self, budget: float) -> NDArray[np.int64]:
        """Return the trainings that are on the run's front within a budget."""
        n = int(np.searchsorted(self.spent, budget, side="right"))
        return np.flatnonzero(self.leaves[:n] >= n)


def leaving(points: Matrix, epochs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each training the one with which it leaves the run's front, n if it stays.

    It does once one that was trained as long or longer is nowhere larger and somewhere smaller, or
    was there before with the same.
    """
    n = len(points)
    order = np.arange(n)
    no_larger = np.all(points[:, None] <= points, axis=2)
    passed = no_larger & (~no_larger.T | (order[:, None] < order))
    passed &= epochs[:, None] >= epochs
    last = np.where(passed, np.maximum(order[:, None], order), n)
    leaves: NDArray[np.int64] = last.min(0, initial=n)
    return leaves


def fronts_by_searcher(
    runs: pd.DataFrame, trials: pd.DataFrame, objectives: Objectives, most: float
) -> dict[str, list[RunFront]]:
    """Return the fronts of every run that did not fail, by searcher, in order of seeds.

    What is on a front is known by the signal; what it is worth is judged by the objectives'
    values.
    """
    values = objectives.values
    place = pd.Series(np.arange(len(values)), index=values.index)
    table = values.to_numpy(float)
    where = parts(trials)
    index, epochs = trials["index"].to_numpy(np.int64), trials["epochs"].to_numpy(np.int64)
    spent, error = trials["spent"].to_numpy(float), most - trials["signal"].to_numpy(float)
    rows = place.reindex(index).to_numpy(np.int64) if len(index) else index
    by_searcher: dict[str, list[RunFront]] = {str(name): [] for name in runs["searcher"].unique()}
    done = runs[runs["status"] == "ok"].sort_values("seed", kind="stable")
    for searcher, seed in zip(done["searcher"], done["seed"], strict=True):
        part = where.get((searcher, seed), slice(0, 0))
        judged = table[rows[part]]
        seen = judged.copy()
        seen[:, values.columns.get_loc(ERROR)] = error[part]
        leaves = leaving(seen, epochs[part])
        by_searcher[searcher].append(RunFront(int(seed), spent[part], leaves, index[part], judged))
    return by_searcher


def measured(
    by_searcher: Mapping[str, Sequence[RunFront]], true: TrueFront, budgets: Sequence[float]
) -> pd.DataFrame:
    """Return what the front of every run is worth at each budget.

    Columns: ``searcher, seed, spent`` (the budget) and those of :data:`MEASURES`.
    """
    rows = []
    for name, some in by_searcher.items():
        for run in some:
            before, worth = run.at(-1.0), true.measures(run.judged[:0])
            for budget in budgets:
                on = run.at(budget)
                if not np.array_equal(on, before):
                    before, worth = on, true.measures(run.judged[on])
                rows.append((name, run.seed, float(budget), *worth))
    return pd.DataFrame(rows, columns=["searcher", "seed", "spent", *MEASURES])
