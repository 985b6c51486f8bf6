"""What searches found, judged: means, places, paired differences, regret over what was spent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import bdtr

from harness.judging.paired import PairedMean, compared
from harness.judging.uncertainty import Z
from harness.searching.incumbents import Incumbents
from reports.rows import RegretPoint, SearchStatistic

Vector = NDArray[np.float64]

RANDOM = "random"
MAIN = "accuracy"
LEVELS = (2.0, 1.0, 0.5, 0.25)
"""Regrets, in points, whose reaching is told."""

SHARES = (1.0, 0.1)
"""Percent of the space, best by accuracy, whose reaching is told."""

BUDGETS = 60
"""Budgets at which regret is told."""


def judged(
    runs: pd.DataFrame,
    families: Mapping[str, str],
    dataset: str,
    accuracy: pd.Series,
    by_signal: float,
) -> Iterator[SearchStatistic]:
    """Yield the statistics of the choices' accuracies on one dataset.

    Args:
        runs: rows of ``runs.parquet``.
        families: of each searcher.
        dataset: whose accuracy it is.
        accuracy: of every candidate of the space, by index.
        by_signal: accuracy of the best by the signal.
    """
    values = np.sort(accuracy.to_numpy(float))
    wide = reached(runs, accuracy)
    for row in _means(wide, families, dataset):
        yield row._replace(failed=int((runs["searcher"] == row.searcher)[runs["index"] < 0].sum()))
    for name in wide:
        own = wide[name].dropna().to_numpy(float)
        about = (str(name), families[str(name)], dataset)
        if not len(own):
            continue
        mean, half = own.mean(), Z * own.std(ddof=1) / len(own) ** 0.5 if len(own) > 1 else np.nan
        for statistic, best in (("regret", values[-1]), ("regret_to_signal", by_signal)):
            ends = best - mean - half, best - mean + half
            yield SearchStatistic(*about, statistic, best - mean, *ends, n=len(own))
        low, high = median_interval(own)
        quartiles = np.quantile(own, [0.25, 0.5, 0.75])
        yield SearchStatistic(*about, "median", quartiles[1], low, high, n=len(own))
        yield SearchStatistic(*about, "q25", quartiles[0], n=len(own))
        yield SearchStatistic(*about, "q75", quartiles[2], n=len(own))
        deviation = own.std(ddof=1) if len(own) > 1 else np.nan
        yield SearchStatistic(*about, "deviation", deviation, n=len(own))
        for share in SHARES:
            least = values[-max(1, round(len(values) * share / 100))]
            hits = int((own >= least).sum())
            ends = wilson(hits, len(own))
            yield SearchStatistic(*about, f"best_{share:g}", hits / len(own), *ends, n=len(own))


def reached(runs: pd.DataFrame, accuracy: pd.Series) -> pd.DataFrame:
    """Return the accuracy of each run's choice, seeds x searchers, NaN where it failed."""
    accuracies = runs.assign(accuracy=runs["index"].map(accuracy))
    return accuracies.pivot(index="seed", columns="searcher", values="accuracy")


def _means(
    wide: pd.DataFrame, families: Mapping[str, str], dataset: str
) -> Iterator[SearchStatistic]:
    """Yield mean accuracies with places, and their differences from random search's."""
    for mean in compared(wide, RANDOM):
        yield from compared_rows(mean, families[mean.name], dataset, MAIN)


def compared_rows(
    mean: PairedMean, family: str, dataset: str, statistic: str, against: str = "against_random"
) -> Iterator[SearchStatistic]:
    """Yield a mean with its place, and its difference from the yardstick."""
    about = (mean.name, family, dataset)
    yield SearchStatistic(
        *about,
        statistic,
        mean.value,
        mean.low,
        mean.high,
        mean.n,
        place_low=mean.place_low,
        place_high=mean.place_high,
        behind=mean.behind,
        p_best=mean.p_best,
    )
    if np.isfinite(mean.gap):
        ends = (mean.gap, mean.gap_low, mean.gap_high)
        yield SearchStatistic(*about, against, *ends, mean.n, p=mean.p, p_holm=mean.p_holm)


def median_interval(values: Vector) -> tuple[float, float]:
    """Return order statistics between which the median lies with 95 %, whatever is distributed.

    NaN where there are too few.
    """
    n = len(values)
    k = int(np.searchsorted(bdtr(np.arange(n + 1), n, 0.5), 0.025))  # a binomial's quantile
    if k < 1:
        return float("nan"), float("nan")
    ordered = np.sort(values)
    return float(ordered[k - 1]), float(ordered[n - k])


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share. Source: Wilson, JASA 1927."""
    share, z2 = hits / n, Z**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n**2)) ** 0.5
    return centre - half, centre + half


def spending(
    runs: pd.DataFrame, families: Mapping[str, str], dataset: str
) -> list[SearchStatistic]:
    """Return what runs trained, scored and spent, means over those that did not fail."""
    rows = []
    for name, some in runs[runs["status"] == "ok"].groupby("searcher"):
        for statistic in ("trainings", "distinct", "scored", "spent"):
            mean = float(some[statistic].mean())
            about = (str(name), families[str(name)], dataset)
            rows.append(SearchStatistic(*about, statistic, mean, n=len(some)))
    return rows


def reaching(
    by_searcher: Mapping[str, Sequence[Incumbents]],
    families: Mapping[str, str],
    dataset: str,
    best: float,
) -> Iterator[SearchStatistic]:
    """Yield how many runs came so near to the best, and what that took."""
    for name, some in by_searcher.items():
        about = (name, families[name], dataset)
        for level in LEVELS if some else ():
            first = np.array([run.first(best - level) for run in some])
            hits = int(np.isfinite(first).sum())
            ends = wilson(hits, len(first))
            share = hits / len(first)
            yield SearchStatistic(*about, f"reached_{level:g}", share, *ends, n=len(first))
            took = float(np.sort(first)[(len(first) - 1) // 2])
            yield SearchStatistic(*about, f"spent_to_{level:g}", took, n=len(first))


def curves(
    by_searcher: Mapping[str, Sequence[Incumbents]], best: float, budget: float
) -> Iterator[RegretPoint]:
    """Yield regret at budgets in geometric steps, from the first choice on."""
    first = [run.spent[0] for some in by_searcher.values() for run in some if run.spent[0] > 0]
    budgets = steps(first, budget)
    for name, some in by_searcher.items():
        if not some:
            continue
        regret = best - np.array([run.at(budgets) for run in some])
        for spent, at in zip(budgets, regret.T, strict=True):
            yield RegretPoint(name, float(spent), *summary(at))


def steps(first: Sequence[float], budget: float) -> Vector:
    """Return budgets in geometric steps, from the least that was ever spent first."""
    return np.geomspace(min([*first, budget / 10]), budget, BUDGETS)


def summary(at: Vector) -> tuple[float, ...]:
    """Return mean, its interval, quartiles and the median's interval; NaN where a run has none."""
    if np.isnan(at).any():
        return (float("nan"),) * 8
    half = Z * at.std(ddof=1) / len(at) ** 0.5 if len(at) > 1 else float("nan")
    q25, median, q75 = np.quantile(at, [0.25, 0.5, 0.75])
    ends = (at.mean() - half, at.mean() + half, q25, median, q75, *median_interval(at))
    return (float(at.mean()), *map(float, ends))
