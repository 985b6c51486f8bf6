"""What a whole space's scores are worth, on every dataset at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, spearmanr

from benchmarks.accuracy_names import AccuracyName
from benchmarks.table import AccuracyTable
from harness.atlases.stored import Atlas
from harness.judging import selection
from harness.judging.correlating import scores as ranking_worst
from harness.judging.joining import score_of
from harness.judging.judge import CONTROLS
from harness.judging.ranks import Vector
from harness.scoring.entries import of_combination, of_proxy
from proxies import COMBINATIONS, Combination, choose, load_all
from reports.entry import Entry
from reports.rows import Correlation
from reports.whole_space import AtlasRow

FAVOURITES = 10
"""Cells that are trained for the regret that is shown."""


def worths(
    atlas: Atlas,
    table: AccuracyTable,
    names: Sequence[AccuracyName],
    cells: pd.DataFrame,
    proxies: str = "all",
) -> list[AtlasRow]:
    """Return one row a proxy and accuracy; the cells are all that there are.

    Args:
        atlas: scores of all cells.
        table: holds the accuracies.
        names: accuracies that scores are compared with.
        cells: columns ``index``, ``arch`` and ``class``.
        proxies: whose rows, as ``--proxies`` names them.
    """
    combined = {combination.name: combination for combination in choose(proxies)[1]}
    scores = _signed(atlas, cells, combined)
    wanted = {name.strip() for name in proxies.split(",")}
    shown = [str(name) for name in scores if "all" in wanted or name in wanted]
    entries = _entries(shown, combined)
    worth_rows = []
    for name in names:
        accuracy = table.accuracy(name).reindex(scores.index).to_numpy(float)
        needed = {*shown, *CONTROLS} & set(scores)
        taus = {proxy: _value(kendalltau, _last(scores[proxy]), accuracy) for proxy in needed}
        counting = max(taus[control] for control in CONTROLS if control in taus)
        for proxy in shown:
            tau = taus[proxy]
            score = _last(scores[proxy])
            (regret,) = selection.MEASURES["regret", FAVOURITES](
                score, accuracy, selection.whole(score)
            )
            missing = int(scores[proxy].isna().sum())
            worth_rows.append(
                AtlasRow(
                    proxy,
                    entries[proxy].family,
                    name.dataset,
                    tau,
                    _value(spearmanr, score, accuracy),
                    tau - counting,
                    float(regret) if missing < len(score) else float("nan"),
                    len(score),
                    missing,
                )
            )
    return worth_rows


def drawn_worths(
    rows: Sequence[Correlation], names: Sequence[AccuracyName], proxies: str = "all"
) -> list[AtlasRow]:
    """Return the same of rows that were judged over drawn candidates, with ends of intervals.

    Args:
        rows: statistics of every score, accuracies of all ``names`` among them.
        names: accuracies that scores are compared with.
        proxies: whose rows, as ``--proxies`` names them.
    """
    wanted = {name.strip() for name in proxies.split(",")}
    worth_rows = []
    for name in names:
        own = [row for row in rows if row.dataset == name.dataset and row.cells == "all"]
        tau = {row.proxy: row for row in own if row.statistic == "kendall"}
        rho = {row.proxy: row.value for row in own if row.statistic == "spearman"}
        regret = {
            row.proxy: row.value for row in own if (row.statistic, row.k) == ("regret", FAVOURITES)
        }
        counting = max(tau[control].value for control in CONTROLS if control in tau)
        for proxy, row in tau.items():
            if "all" in wanted or proxy in wanted:
                over, missing = row.value - counting, row.undefined + row.failed
                about = proxy, row.family, name.dataset, row.value, rho[proxy], over
                worth_rows.append(
                    AtlasRow(*about, regret[proxy], row.n, missing, row.low, row.high)
                )
    return worth_rows


def _signed(atlas: Atlas, cells: pd.DataFrame, combined: Mapping[str, Combination]) -> pd.DataFrame:
    """Return signed scores of initialisation 0, and those that are made of their ranks."""
    known, wide = load_all(), atlas.wide(cells)
    signed = wide * [1.0 if known[str(name)].larger_is_better else -1.0 for name in wide]
    return pd.concat([signed, combinations_of(signed, combined)], axis=1)


def combinations_of(
    signed: pd.DataFrame, combined: Mapping[str, Combination] = COMBINATIONS
) -> pd.DataFrame:
    """Return the scores that are made of ranks of these, a column a combination that can be."""
    made = {}
    for name, combination in combined.items():
        if set(combination.members) <= set(signed):
            members = signed[list(combination.members)]
            made[name] = score_of(combination, members, members.isna())
    return pd.DataFrame(made, index=signed.index)


def _entries(names: Iterable[str], combined: Mapping[str, Combination]) -> dict[str, Entry]:
    known = load_all()
    return {
        name: of_proxy(known[name]) if name in known else of_combination(combined[name])
        for name in names
    }


def _value(statistic: Callable[[Vector, Vector], Any], x: Vector, y: Vector) -> float:
    """Return a rank correlation alone: SciPy's, as no influence is asked for."""
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(statistic(x, y).statistic)


def _last(column: pd.Series) -> Vector:
    """Return scores, those that are missing below all others."""
    return ranking_worst(column, left_out=False)[0]
