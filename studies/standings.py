"""What every stored score is worth on spaces of different kinds: a row a family, dataset, proxy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy.stats import t

from benchmarks.catalogue import BENCHMARKS
from harness.atlases.shipped import current_atlas
from harness.reporting.whole_space import judged_atlas
from reports.leaderboard import FAVOURITES
from reports.rows import Difference

FAMILIES = {
    "nats-tss": "NAS-Bench-201",
    "mini": "embedded",
    "nas-bench-macro": "NAS-Bench-Macro",
    "transnas-micro": "TransNAS micro",
}
"""Spaces whose scores come with the project, and their names on the board."""

COUNTS = ("params", "flops", "live_params", "live_flops")
"""What a score should add to: the best of them on a dataset is what counting is worth there."""


def rows() -> pd.DataFrame:
    """Return a row a family, dataset and proxy.

    Columns: ``space``, ``dataset``, ``proxy``, ``family`` (of the proxy), ``tau`` with ``low`` and
    ``high`` where candidates were drawn, ``over`` counting, with ``over_low`` where a paired
    interval says how little that may be, ``regret`` of ten favourites as a share of what ten random
    candidates are expected to leave, among those that were scored, ``n`` candidates and
    ``undefined``.
    """
    measured: list[dict[str, object]] = []
    for space in FAMILIES:
        judged = judged_atlas(current_atlas(space))
        whole = [row for row in judged.correlations if row.cells == "all"]
        there = {row.dataset for row in whole}
        for dataset in [each.name for each in BENCHMARKS[space].datasets if each.name in there]:
            every = [row for row in whole if row.dataset == dataset]
            taus = {row.proxy: row for row in every if row.statistic == "kendall"}
            best = max(COUNTS, key=lambda count: taus[count].value)
            gaps = dict(_gaps(judged.differences, dataset, best))
            regrets = {
                row.proxy: row.value / row.chance
                for row in every
                if row.statistic == "regret" and row.k == FAVOURITES
            }
            measured += [
                {
                    "space": space,
                    "dataset": dataset,
                    "proxy": proxy,
                    "family": row.family,
                    "tau": row.value,
                    "low": row.low,
                    "high": row.high,
                    "over": row.value - taus[best].value,
                    "over_low": gaps.get(proxy, np.nan),
                    "regret": regrets[proxy],
                    "n": row.n,
                    "undefined": row.undefined,
                }
                for proxy, row in taus.items()
                if row.undefined < row.n
            ]
    return pd.DataFrame(measured)


def _gaps(rows: Sequence[Difference], dataset: str, best: str) -> Iterator[tuple[str, float]]:
    """Yield by how much each score is at least above a count, by the end of a paired interval."""
    for row in rows:
        if (row.dataset, row.cells, row.statistic) == (dataset, "all", "kendall"):
            if row.second == best:
                yield row.first, row.low
            elif row.first == best:
                yield row.second, -row.high


def with_places(measured: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with each one's ``place`` on its dataset, 1 the best.

    Among proxies that every dataset defines; others have none.
    """
    datasets = measured[["space", "dataset"]].drop_duplicates()
    common = measured[measured["proxy"].map(measured.groupby("proxy").size() == len(datasets))]
    places = common.groupby(["space", "dataset"])["tau"].rank(ascending=False)
    return measured.assign(place=places)


def summarised(measured: pd.DataFrame) -> pd.DataFrame:
    """Return a row a proxy, best mean place first, those that some family does not define last.

    Columns: ``family``; ``place``, the mean over families of the place among rows that all
    families define (a family's is the mean over its datasets), with ``low`` and ``high`` by
    Student's t over families; ``worst``, the worst of a family; and for every space its means over
    datasets, as ``SPACE place``, ``SPACE tau``, ``SPACE over``, ``SPACE regret``.
    """
    by_space = measured.groupby(["proxy", "space"])
    means = by_space[["place", "tau", "over", "regret"]].mean().unstack("space")
    places = means["place"][list(FAMILIES)]
    half = t.ppf(0.975, len(FAMILIES) - 1) * places.std(axis=1, ddof=1) / len(FAMILIES) ** 0.5
    place = places.mean(axis=1, skipna=False)
    made = {
        "family": measured.groupby("proxy")["family"].first(),
        "place": place,
        "low": (place - half).clip(lower=1),
        "high": (place + half).clip(upper=int(place.notna().sum())),
        "worst": places.max(axis=1, skipna=False),
    }
    made |= {
        f"{space} {column}": means[column, space]
        for space in FAMILIES
        for column in ("place", "tau", "over", "regret")
    }
    wide = pd.DataFrame(made)
    order = wide.assign(mean=means["tau"].mean(axis=1)).sort_values(
        ["place", "mean"], ascending=[True, False], kind="stable"
    )
    return wide.loc[order.index]


def chosen_without(ranked: pd.DataFrame) -> dict[str, str]:
    """Return, for each family, the row of the best mean place on the others."""
    places = ranked[[f"{space} place" for space in FAMILIES]].set_axis(list(FAMILIES), axis=1)
    return {space: str(places.drop(columns=space).mean(axis=1).idxmin()) for space in FAMILIES}
