"""Which population an interval speaks for: how a run's cells were drawn decides it.

A statistic of drawn cells is, to first order, the population's value plus a sum of influences. A
design says what each drawn cell stands for, and how much that sum varies from draw to draw: it maps
influences to *contributions*, whose squares sum to the variance, and whose products over two
proxies sum to the covariance. Source: Särndal, Swensson and Wretman, Model Assisted Survey
Sampling, 1992, chapters 3 and 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from benchmarks.space import Benchmark, Dataset
from harness.runs.cells import select
from harness.runs.draws import inclusion, live_parameters

Vector = NDArray[np.float64]

FEWEST = 10
"""Cells, or classes where those were drawn, below which no interval is given."""

HALF = 0.02
"""Half the length of the interval that a run is planned for."""

Name = Literal["random", "stratified", "all", "sample", "list", "clustered"]


@dataclass(frozen=True)
class Design:
    """How cells were drawn, and from what.

    Attributes:
        name: ``random`` (cells, each alone), ``stratified`` (classes, by size), ``all``, ``sample``
            (of a benchmark that is one itself), ``list`` (nobody knows how), ``clustered``
            (classes, as if those of the space were others).
        words: how the cells were drawn and what an interval speaks for, in a sentence.
        cells: by index what each drawn cell stands for: ``weight`` (cells of the population),
            ``chance`` (probability that it was drawn, 0 where the population has no end),
            ``class_chance`` (that any cell of its class was), ``place`` (in the row that was drawn
            from, where there was one). Without it every cell stands for itself in a population that
            has no end.
    """

    name: Name
    words: str
    cells: pd.DataFrame | None = None

    def weights(self, cells: pd.Index, *, of_classes: bool = False) -> Vector:
        """Return how many cells of the population each stands for, or how many classes, (n,)."""
        if self.cells is None:
            return np.ones(len(cells))
        rows = self.cells.loc[cells]
        count: Vector = (1 / rows["class_chance"] if of_classes else rows["weight"]).to_numpy(float)
        return count

    def chance(self, cells: pd.Index, *, of_classes: bool = False) -> Vector:
        """Return the probability with which each was drawn, 0 of a population without end, (n,)."""
        if self.cells is None:
            return np.zeros(len(cells))
        column = "class_chance" if of_classes else "chance"
        chances: Vector = self.cells.loc[cells, column].to_numpy(float)
        return chances

    def contributions(
        self, influence: Vector, cells: pd.Index, classes: pd.Series, *, of_classes: bool = False
    ) -> Vector:
        r"""Return what each draw adds to a statistic's deviation, (units,).

        *Cells drawn one by one*: :math:`z_i \sqrt{1 - f}\sqrt{n / (n-1)}`, with :math:`f` the share
        of the space that was drawn. *Classes drawn along a row*, with all their cells:
        :math:`(z_{c+1} - z_c) / \sqrt 2` of sums over classes, for a systematic draw varies as
        neighbours differ (Wolter, Introduction to Variance Estimation, 2007, chapter 8), with the
        same corrections; a class that was sure to be drawn adds nothing. *Clustered*: sums over
        classes.

        Args:
            influence: of each cell; 0 of those that are left out, (n,).
            cells: their indices.
            classes: their functional classes.
            of_classes: whether the statistic is one over classes, a cell of each.
        """
        missed = 1 - self.chance(cells, of_classes=of_classes)
        if self.name not in ("clustered", "stratified"):
            return _bias_corrected(influence) * np.sqrt(missed)
        codes, names = pd.factorize(classes)
        sums: Vector = np.bincount(codes, influence, len(names)).astype(np.float64)
        if self.name == "clustered" or self.cells is None:
            return _bias_corrected(sums)
        first = np.unique(codes, return_index=True)[1]
        row = np.argsort(self.cells.loc[cells[first], "place"].to_numpy(), kind="stable")
        missed = missed[first]
        row = row[missed[row] > 0]
        steps = _bias_corrected(np.diff(sums[row]) / np.sqrt(2))
        return steps * np.sqrt((missed[row][1:] + missed[row][:-1]) / 2)

    def initialisation(
        self, influences: NDArray[np.float64], cells: pd.Index, classes: pd.Series
    ) -> Vector:
        r"""Return what initial weights add to a mean over seeds, (units,).

        Initial weights are drawn apart for each class, so their noise is a sum over classes, by
        the jackknife over seeds :math:`\frac{S-1}{S} \sum_s (z_{c(s)} - \bar z_c)^2`, with
        :math:`z_{c(s)}` the class's influence where seed s is left out. Cells that are drawn
        already vary with their noise; what a draw of a share :math:`f` does not show is :math:`f`
        of it: nothing of a population without end, all of it where all cells were taken.

        Args:
            influences: of every cell with each seed left out, (seeds, n).
            cells: their indices.
            classes: their functional classes.
        """
        seeds = len(influences)
        shown = influences * np.sqrt(self.chance(cells))
        codes, names = pd.factorize(classes)
        sums = np.stack([np.bincount(codes, influence, len(names)) for influence in shown])
        noise: Vector = (sums - sums.mean(0)).ravel() * np.sqrt((seeds - 1) / seeds)
        return noise

    def needed(self, n: int, error: float) -> int:
        r"""Return how many cells an interval of :data:`HALF` on either side needs, 0 if unknown.

        From :math:`\sigma^2 (1/n - 1/N)` of n that were drawn one by one out of N; of other draws
        as if N had no end.
        """
        if self.name == "all" or not error > 0:
            return 0
        share = 0.0
        if self.name == "random" and self.cells is not None:
            share = float(self.cells["chance"].iloc[0])
        variance = error**2 * n / (1 - share) if share < 1 else 0.0
        wanted = (HALF / float(ndtri(0.975))) ** 2
        return math.ceil(variance / (wanted + variance * share / n)) if variance else 0

    def units(self, cells: pd.Index, classes: pd.Series) -> NDArray[np.int64]:
        """Return the number of the unit that each cell was drawn with."""
        if self.name in ("clustered", "stratified"):
            return pd.factorize(classes)[0].astype(np.int64)
        return np.arange(len(cells))


def _bias_corrected(sums: Vector) -> Vector:
    """Correct for the mean that was taken from the same draw, sqrt(n / (n - 1))."""
    n = len(sums)
    return sums * np.sqrt(n / (n - 1)) if n >= FEWEST else np.full(n, np.nan)


AS_DRAWN = Design("list", "Cells were listed; intervals are as if they had been drawn at random.")
"""What is said of cells that nobody knows the origin of."""


def design_of(
    spec: str,
    cells: pd.DataFrame,
    candidates: pd.Series,
    space: Benchmark,
    dataset: Dataset,
    intervals: str = "design",
) -> Design:
    """Return the design of a run's cells.

    Args:
        spec: as on the command line, ``random:N`` and the like.
        cells: the run's cells, columns ``index, class``.
        candidates: every candidate that could have been drawn, by index.
        space: the benchmark: it may be a sample itself.
        dataset: for counts.
        intervals: ``clustered`` where they are to speak for a space of other classes.
    """
    classes = candidates.map(space.representative)
    kind, _, count = spec.partition(":")
    n, whole, seen = len(cells), len(classes), cells["class"].nunique()
    if intervals == "clustered":
        return Design(
            "clustered",
            f"Intervals are over samples of functional classes, {seen} here: what would vary if "
            f"the classes of {space.name} were others.",
        )
    if space.sample_of:
        some = "" if n == whole else f"; {n} of its {whole} cells were scored (`{spec}`)"
        return Design(
            "sample",
            f"{space.name} is itself a sample of {space.sample_of}{some}: intervals speak for "
            "those, trained as here.",
        )
    if spec == "all" and n == whole:
        everything = pd.DataFrame(
            {"weight": 1.0, "chance": 1.0, "class_chance": 1.0}, index=classes.index
        )
        return Design(
            "all",
            f"All {whole} cells of {space.name} were scored: no interval is one of sampling, and "
            "what is left is the noise of initial weights and of training.",
            everything,
        )
    if kind not in ("random", "stratified") or not count.isdecimal():
        return AS_DRAWN
    if not set(cells["index"]) <= set(select(spec, candidates, space, dataset).index):
        return Design(
            "list",
            f"The cells are others than `{spec}` draws now; intervals are as if they had been "
            "drawn at random.",
        )
    if kind == "random":
        return Design(
            "random",
            f"{n} of the {whole} cells of {space.name} were drawn one by one; intervals speak "
            "for all of them.",
            one_by_one(n, classes),
        )
    return Design(
        "stratified",
        f"{seen} of the {classes.nunique()} functional classes of {space.name} were drawn by size, "
        "along their live parameters, with all their cells; cells are weighted by what they stand "
        f"for, and intervals speak for all {whole} cells.",
        by_size(seen, classes, live_parameters(classes, space, dataset)),
    )


def one_by_one(n: int, classes: pd.Series) -> pd.DataFrame:
    """Return what each candidate would stand for among ``n`` that are drawn one by one."""
    share = n / len(classes)
    of_class = 1 - (1 - share) ** classes.map(classes.value_counts())
    return pd.DataFrame({"weight": 1 / share, "chance": share, "class_chance": of_class})


def by_size(n: int, classes: pd.Series, live: pd.Series) -> pd.DataFrame:
    """Return what each candidate would stand for with the ``n`` classes that are drawn.

    Args:
        n: classes that are drawn.
        classes: the class of each candidate, by index.
        live: live parameters of each class, by class.
    """
    sizes = classes.value_counts()
    of_class = classes.map(pd.Series(inclusion(np.asarray(sizes, dtype=np.int64), n), sizes.index))
    columns = {"weight": 1 / of_class, "chance": of_class, "class_chance": of_class}
    return pd.DataFrame(columns | {"place": classes.map(live)})
