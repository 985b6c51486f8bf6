"""Expected hypervolume improvement: a process for the error, the cost as it is."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from searchers.fronts import Matrix, Vector, nondominated
from searchers.predictor_guided import one_hot
from searchers.questions import Candidate, Count, Search, Train
from searchers.registry import searcher
from searchers.space import Space

Codes = NDArray[np.floating[Any]]

GROWTH = 1.5
"""By how much there are more trainings before the process is fitted anew."""

REACH = 0.1
"""Of its range, by which the reference point lies beyond the front that was seen."""


@searcher(
    source="Izquierdo, Guerrero-Viu et al., Bag of Baselines for Multi-Objective Joint NAS and "
    "HPO, 2021, arXiv:2105.01015; the improvement is that of Emmerich, Deutz and Klinkenberg, "
    "CEC 2011",
    family="predictor",
    requires=("sklearn",),
    objectives="known",
)
def ms_ehvi(space: Space, rng: Generator, start: int = 50, pool: int = 300) -> Search:
    """Train what is expected to enlarge the hypervolume most, one by one.

    A Gaussian process on one-hot choices, with a squared-exponential kernel, foretells the error;
    the cost is asked for. After ``start`` random candidates the best of ``pool`` random ones and of
    the front's neighbours is trained, nothing twice. The reference point lies beyond the front that
    was seen by a tenth of its range. Ours, of a table: random candidates where the paper draws
    Sobol's; the kernel's parameters are fitted whenever there are half as many trainings again.
    """
    if [objective.known for objective in space.objectives] != [False, True]:
        raise ValueError("it needs the error and one cost that is known without training")
    cost = space.objectives[1].name
    seen: dict[Candidate, tuple[float, ...]] = {}
    costs: dict[Candidate, float] = {}
    process = Process()
    while len(seen) < len(space):
        candidate = space.random(rng)
        if len(seen) >= start:
            front = [list(seen)[i] for i in nondominated(list(seen.values()))]
            near = [neighbour for centre in front for neighbour in space.neighbours(centre)]
            drawn = dict.fromkeys([*near, *(space.random(rng) for _ in range(pool))])
            new = [rival for rival in drawn if rival not in seen]
            for rival in new:
                if rival not in costs:
                    costs[rival] = (yield Count(rival, cost)).value
            points = np.array(list(seen.values()))
            process.fit(one_hot(list(seen), space.sizes), points[:, 0])
            mean, error = process.predict(one_hot(new, space.sizes))
            worth = improvement(mean, error, np.array([costs[rival] for rival in new]), points)
            candidate = new[int(np.argmax(worth))]
        if candidate not in seen:
            seen[candidate] = (yield Train(candidate)).objectives
    return None


class Process:
    """A Gaussian process whose kernel is fitted now and then."""

    def __init__(self) -> None:
        self.fitted, self.kernel = 0, None

    def fit(self, codes: Codes, values: Vector) -> None:
        """Take in all that was seen."""
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

        anew = len(values) >= GROWTH * self.fitted
        start = ConstantKernel(1.0) * RBF(1.0) + WhiteKernel(0.1)
        self.process: Any = GaussianProcessRegressor(
            start if self.kernel is None else self.kernel,
            optimizer="fmin_l_bfgs_b" if anew else None,
            normalize_y=True,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a parameter at the end of its range is usual
            self.process.fit(codes, values)
        if anew:
            self.fitted, self.kernel = len(values), self.process.kernel_
        self.noise = self.process.kernel_.k2.noise_level * np.var(values)

    def predict(self, codes: Codes) -> tuple[Vector, Vector]:
        """Return means and standard errors, the noise of a training left out."""
        mean, error = self.process.predict(codes, return_std=True)
        return mean, np.sqrt(np.maximum(error**2 - self.noise, 1e-12))


def improvement(mean: Vector, error: Vector, cost: Vector, seen: Matrix) -> Vector:
    r"""Return the expected hypervolume improvement of candidates with a known cost, (n,).

    With the front's least error :math:`e(c)` at a cost of at most c, it is :math:`\int_{c_0}^{r_2}
    E[(\min(e(c), r_1) - y)_+]\, dc`, y normal: a sum over the steps of the front.

    Args:
        mean: of the errors, (n,).
        error: standard errors of these, (n,).
        cost: of the candidates, (n,).
        seen: error and cost of what was trained, (m, 2).
    """
    from scipy.special import ndtr  # takes as long to import as all searchers

    front = np.unique(seen[nondominated(seen)], axis=0)[::-1]  # costs ascend
    worst, span = front.max(0), np.ptp(front, axis=0)
    reference = worst + REACH * np.where(span > 0, span, np.ptp(seen, axis=0))
    level = np.append(reference[0], np.minimum(front[:, 0], reference[0]))
    ends = np.append(front[:, 1], reference[1])
    begins = np.append(-np.inf, front[:, 1])
    width = np.maximum(ends - np.maximum(begins, cost[:, None]), 0)
    z = (level - mean[:, None]) / error[:, None]
    normal = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    gained = (level - mean[:, None]) * ndtr(z) + error[:, None] * normal
    expected: Vector = (width * gained).sum(1)
    return expected
