"""Scores joined with accuracies, one row a cell and proxy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch

from harness.scoring.described import ForeignProxy
from proxies import Combination, Proxy
from proxies.records import Ranks


def join(
    scores: pd.DataFrame, accuracy: pd.Series, proxies: Sequence[Proxy | ForeignProxy]
) -> pd.DataFrame:
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
    cells = grouped.agg({"arch": "first", "class": "first", "score": "mean", "status": "max"})
    complete = grouped["score"].count() == grouped.size()
    cells["score"] = cells["score"].where(complete)
    cells = cells.reset_index()
    smaller = {proxy.name for proxy in proxies if not proxy.larger_is_better}
    cells["signed"] = cells["score"] * np.where(cells["proxy"].isin(smaller), -1.0, 1.0)
    cells["accuracy"] = cells["index"].map(accuracy)
    return cells.dropna(subset="accuracy")


def combined(cells: pd.DataFrame, combinations: list[Combination]) -> pd.DataFrame:
    """Return rows like those of :func:`join` for combinations of the scores in it.

    See :func:`score_of` for those that lack a member's score.
    """
    signed = cells.pivot(index="index", columns="proxy", values="signed")
    status = cells.pivot(index="index", columns="proxy", values="status")
    about = cells.drop_duplicates("index").set_index("index")[["arch", "class", "accuracy"]]
    parts = []
    for combination in combinations:
        own = list(combination.members)
        scores = score_of(combination, signed[own], status[own] == "undefined")
        made = about.assign(proxy=combination.name, score=scores)
        made["status"] = np.where(made["score"].isna(), "undefined", "ok")
        parts.append(made.assign(signed=made["score"]).reset_index())
    return pd.concat([cells.iloc[:0], *parts])[cells.columns]


def score_of(combination: Combination, members: pd.DataFrame, undefined: pd.DataFrame) -> pd.Series:
    """Return a combination's scores, by cell.

    Cells that lack any member's score have none, and are not among those that are ranked; unless it
    is undefined and the combination ranks what is undefined worst, all of it alike. A member that
    no cell has ranks nothing, so that a combination with it is undefined.

    Args:
        combination: makes a score of ranks.
        members: signed scores, a row a cell and a column a member.
        undefined: which of them are missing as their proxy is undefined there.
    """
    if combination.worst and not members.isna().all().any():
        members = members.mask(undefined, -np.inf)
    complete = members.dropna()
    ranks = complete.rank().to_numpy().T.copy()
    return pd.Series(combination.function(Ranks(torch.from_numpy(ranks))).numpy(), complete.index)
