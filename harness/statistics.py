"""Scores joined with accuracies, and how well one ranks the other."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.stats import ConstantInputWarning, kendalltau, spearmanr

from benchmarks.table import AccuracyName
from proxies import Combination, Proxy
from proxies.records import Ranks
from reports.rows import Correlation

STATISTICS: dict[str, Callable[..., Any]] = {"kendall": kendalltau, "spearman": spearmanr}
WORST = "_undefined_worst"
"""Suffix of a statistic that ranks cells without a score below all others."""


def join(scores: pd.DataFrame, accuracy: pd.Series, proxies: list[Proxy]) -> pd.DataFrame:
    """Return one row a cell and proxy, with its accuracy and its score averaged over seeds.

    A cell's score is missing where any seed's is. ``signed`` is the score turned so that larger
    predicts better; ``status`` is the worst over the seeds.

    Args:
        scores: columns ``index, arch, class, proxy, seed, score, status``.
        accuracy: accuracy in percent by candidate index.
        proxies: for their directions.
    """
    order = pd.CategoricalDtype(["ok", "undefined", "failed"], ordered=True)
    grouped = scores.assign(status=scores["status"].astype(order)).groupby(
        ["proxy", "index"], observed=True, sort=True
    )
    cells = grouped.agg(
        {
            "arch": "first",
            "class": "first",
            "score": _mean_or_missing,
            "status": "max",
        }
    ).reset_index()
    direction = {p.name: 1.0 if p.larger_is_better else -1.0 for p in proxies}
    cells["signed"] = cells["score"] * cells["proxy"].map(direction)
    cells["accuracy"] = cells["index"].map(accuracy)
    return cells.dropna(subset="accuracy")


def combined(cells: pd.DataFrame, combinations: list[Combination]) -> pd.DataFrame:
    """Return rows like those of :func:`join` for combinations of the scores in it.

    Cells that lack any member's score have none, and are not among those that are ranked.
    """
    signed = cells.pivot(index="index", columns="proxy", values="signed")
    about = cells.drop_duplicates("index").set_index("index")[["arch", "class", "accuracy"]]
    parts = []
    for one in combinations:
        members = signed[list(one.members)]
        complete = members.dropna()
        ranks = complete.rank().to_numpy().T.copy()
        score = one.function(Ranks(torch.from_numpy(ranks))).numpy()
        made = about.assign(proxy=one.name, score=pd.Series(score, complete.index))
        made["status"] = np.where(made["score"].isna(), "undefined", "ok")
        parts.append(made.assign(signed=made["score"]).reset_index())
    return pd.concat([cells.iloc[:0], *parts])[cells.columns]


def _mean_or_missing(scores: pd.Series) -> float:
    return float(scores.mean(skipna=False))


def correlations(
    cells: pd.DataFrame,
    name: AccuracyName,
    proxies: list[Proxy],
    combinations: Sequence[Combination] = (),
) -> Iterator[Correlation]:
    """Yield Kendall's tau-b and Spearman's rho of every proxy, over all cells and one a class.

    Each is given with the cells that have no score left out, and with them ranked below all others,
    tied. A correlation is NaN where fewer than two cells remain or the scores are all equal.
    """
    families = {proxy.name: proxy.family for proxy in proxies}
    members = {one.name: "+".join(one.members) for one in combinations}
    for proxy, rows in cells.groupby("proxy", sort=True):
        first = rows.sort_values("index").drop_duplicates("class")
        for kind, chosen in (("all", rows), ("classes", first)):
            missing = chosen["signed"].isna()
            signed = chosen["signed"].to_numpy()
            accuracy = chosen["accuracy"].to_numpy()
            defined = ~missing.to_numpy()
            lowest = signed[defined].min() if defined.any() else 0.0
            filled = np.where(defined, signed, np.nextafter(lowest, -np.inf))
            variants = {"": (signed[defined], accuracy[defined]), WORST: (filled, accuracy)}
            for suffix, (x, y) in variants.items():
                for statistic in STATISTICS:
                    yield Correlation(
                        proxy=str(proxy),
                        dataset=name.dataset,
                        split=name.split,
                        epochs=name.epochs,
                        accuracy_seed="mean" if name.seed is None else str(name.seed),
                        cells=kind,
                        statistic=statistic + suffix,
                        value=correlation(statistic, x, y),
                        n=len(x),
                        undefined=int((chosen["status"] == "undefined").sum()),
                        failed=int((chosen["status"] == "failed").sum()),
                        family=families.get(str(proxy), "combination"),
                        combines=members.get(str(proxy), ""),
                    )


def correlation(statistic: str, x: np.ndarray, y: np.ndarray) -> float:
    """Return Kendall's tau-b or Spearman's rho of two vectors, NaN where it is not defined."""
    if len(x) < 2:
        return float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        return float(STATISTICS[statistic](x, y).statistic)
