"""Searches as tables to paste: Markdown, LaTeX, and a frame for everything else."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from reports.columns import Column
from reports.numbers import decimal, percent
from reports.searcher_rows import (
    against,
    as_latex,
    as_markdown,
    searcher_column,
    spending,
    value_of,
)
from reports.searches import Searches

MAIN = "accuracy"

ALWAYS = ("against_random", "against_random low", "against_random high", "regret", "median")
"""Columns that a table has even where no row has a value."""


def standings(found: Searches) -> pd.DataFrame:
    """Return one row a searcher, best mean accuracy first, and the limits of the space on top.

    Columns: ``searcher``, ``family``, every statistic of the run's own dataset and its interval as
    ``STATISTIC`` with ``low`` or ``high`` appended, ``place_low``, ``place_high``, ``p_best``,
    ``behind``, ``p_holm`` (of the difference from random search), ``failed``, and ``accuracy`` and
    ``deviation`` of other datasets with their name appended.
    """
    frame = pd.DataFrame(found.statistics)
    own = frame[frame["dataset"] == found.dataset]
    parts: list[pd.DataFrame | pd.Series] = [
        own.pivot(index="searcher", columns="statistic", values=value).add_suffix(suffix)
        for value, suffix in (("value", ""), ("low", " low"), ("high", " high"))
    ]
    kept = ["family", "place_low", "place_high", "p_best", "behind", "failed", "n"]
    main = own[own["statistic"] == MAIN].set_index("searcher")[kept]
    gaps = own[own["statistic"] == "against_random"].set_index("searcher")["p_holm"]
    table = pd.concat([*parts, main, gaps], axis=1)
    lacking = [name for name in ALWAYS if name not in table]
    table = table.reindex(columns=[*table, *lacking])
    for dataset, others in frame[frame["dataset"] != found.dataset].groupby("dataset", sort=False):
        wide = others.pivot(index="searcher", columns="statistic", values="value")
        for statistic in (MAIN, "deviation"):
            table[f"{statistic} {dataset}"] = wide[statistic]
    ordered = table.reset_index().sort_values(
        [MAIN, "searcher"], ascending=[False, True], na_position="last", ignore_index=True
    )
    limits = [
        {"searcher": name, "family": "limit", MAIN: accuracy, "n": 0, "failed": 0}
        for name, (accuracy, _) in found.limits.items()
    ]
    return pd.DataFrame([*limits, *ordered.to_dict("records")], columns=ordered.columns)


def search_columns(found: Searches) -> list[Column]:
    """Return the columns that the table of searches has."""
    others = dict.fromkeys(r.dataset for r in found.statistics if r.dataset != found.dataset)
    interval, *rest = against(MAIN, "against_random", 2)
    return [
        searcher_column(),
        Column("accuracy", lambda row: spread(row, "")),
        interval,
        Column("median", value_of("median", 2)),
        *rest,
        Column("regret", value_of("regret", 2), smallest=True),
        Column("to signal's best", value_of("regret_to_signal", 2), smallest=True),
        Column("best 1 %", lambda row: percent(row["best_1"])),
        Column("best .1 %", lambda row: percent(row["best_0.1"])),
        Column("within .5", lambda row: percent(row["reached_0.5"])),
        *(Column(name, _transfer(name)) for name in others),
        *spending(found.unit),
    ]


def _transfer(dataset: str) -> Callable[[pd.Series], str]:
    return lambda row: spread(row, f" {dataset}")


def spread(row: pd.Series, suffix: str) -> str:
    """Return mean and deviation as papers print them."""
    mean, deviation = row[f"accuracy{suffix}"], row[f"deviation{suffix}"]
    if pd.isna(mean) or pd.isna(deviation):
        return decimal(mean, 2)
    return f"{decimal(mean, 2)} ± {decimal(deviation, 2)}"


def search_markdown(found: Searches) -> str:
    """Return the table of searches with its caption and the meaning of its columns."""
    return as_markdown(found.caption, search_columns(found), standings(found), search_legend(found))


def search_latex(found: Searches) -> str:
    """Return the table of searches for LaTeX; it needs the ``booktabs`` package alone."""
    left_out = ("failed", "best .1 %", "within .5", "distinct")
    return as_latex(found.caption, search_columns(found), standings(found), left_out)


def search_legend(found: Searches, leaders: str = "Bold") -> list[str]:
    """Return what a reader of the table of searches has to know, a sentence each."""
    transfer = any(row.dataset != found.dataset for row in found.statistics)
    sentences = [
        *found.words,
        "*accuracy* is the mean and standard deviation over seeds of what was chosen in the end, "
        "*95 %* the interval of the mean.",
        "*place* is the interval of the rank, from all pairs at once.",
        f"{leaders} is a 95 % set that holds the best (Hsu).",
        "*against random* is the difference of means from random search, seeds paired.",
        "*regret*: points behind the best of the space; *to signal's best*: behind the candidate "
        "that the signal ranks first, which no search by it alone can be asked to pass.",
        "*best 1 %*: share of the seeds whose choice is among the best 1 % by accuracy; *within "
        ".5*: whose best by the signal so far was ever within half a point of the best.",
        "Columns of other datasets are accuracies of the same choices there." if transfer else "",
        "*distinct*: functional classes that were trained. Rows in italics draw at random, or are "
        "limits of the space. What failed has its reason in `final.csv`.",
    ]
    return [sentence for sentence in sentences if sentence]
