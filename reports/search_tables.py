"""Searches as tables to paste: Markdown, LaTeX, and a frame for everything else."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from reports.columns import Column
from reports.leaderboard import LEVEL
from reports.markup import booktabs, escaped, pipes
from reports.numbers import NO_VALUE, decimal, percent, places
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
    against = own[own["statistic"] == "against_random"].set_index("searcher")["p_holm"]
    table = pd.concat([*parts, main, against], axis=1)
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


def leads(row: pd.Series) -> bool:
    """Whether a row is in the 95 % set that holds the best."""
    return bool(row["p_best"] >= LEVEL)


def search_columns(found: Searches) -> list[Column]:
    """Return the columns that the table of searches has."""
    others = dict.fromkeys(r.dataset for r in found.statistics if r.dataset != found.dataset)
    unit = "s" if found.unit.endswith("seconds") else "cost"
    return [
        Column("searcher", lambda row: str(row["searcher"]).replace("|", "/")),
        Column("accuracy", lambda row: spread(row, "")),
        Column("95 %", lambda row: _interval(row, MAIN)),
        Column("median", _value("median", 2)),
        Column("place", lambda row: _places(row), smallest=True),
        Column("against random", lambda row: _estimate(row, "against_random")),
        Column("regret", _value("regret", 2), smallest=True),
        Column("to signal's best", _value("regret_to_signal", 2), smallest=True),
        Column("best 1 %", lambda row: percent(row["best_1"])),
        Column("best .1 %", lambda row: percent(row["best_0.1"])),
        Column("within .5", lambda row: percent(row["reached_0.5"])),
        *(Column(name, _transfer(name)) for name in others),
        Column("trainings", _value("trainings", 1), smallest=True),
        Column("distinct", _value("distinct", 1), smallest=True),
        Column(f"spent ({unit})", _value("spent", 0), smallest=True),
        Column("failed", lambda row: str(int(row["failed"])), smallest=True),
    ]


def _transfer(dataset: str) -> Callable[[pd.Series], str]:
    return lambda row: spread(row, f" {dataset}")


def _value(name: str, digits: int) -> Callable[[pd.Series], str]:
    return lambda row: decimal(row[name], digits)


def spread(row: pd.Series, suffix: str) -> str:
    """Return mean and deviation as papers print them."""
    mean, deviation = row[f"accuracy{suffix}"], row[f"deviation{suffix}"]
    if pd.isna(mean) or pd.isna(deviation):
        return decimal(mean, 2)
    return f"{decimal(mean, 2)} ± {decimal(deviation, 2)}"


def _interval(row: pd.Series, name: str) -> str:
    low, high = row[f"{name} low"], row[f"{name} high"]
    return NO_VALUE if pd.isna(low) else f"[{decimal(low, 2)}, {decimal(high, 2)}]"


def _estimate(row: pd.Series, name: str) -> str:
    if pd.isna(row[name]):
        return NO_VALUE
    return f"{decimal(row[name], 2)} {_interval(row, name)}"


def _places(row: pd.Series) -> str:
    known = not pd.isna(row["place_low"])
    return places(int(row["place_low"]), int(row["place_high"])) if known else NO_VALUE


def search_markdown(found: Searches) -> str:
    """Return the table of searches with its caption and the meaning of its columns."""
    shown = search_columns(found)
    rows = []
    for _, row in standings(found).iterrows():
        entries = [column.entry(row) for column in shown]
        if row["family"] in ("trivial", "limit"):
            entries[0] = f"*{entries[0]}*"
        if leads(row):
            entries[1] = f"**{entries[1]}**"
        rows.append(entries)
    lines = pipes([column.heading for column in shown], rows)
    return "\n".join([found.caption, "", *lines, "", " ".join(search_legend(found))]) + "\n"


def search_latex(found: Searches) -> str:
    """Return the table of searches for LaTeX; it needs the ``booktabs`` package alone."""
    left_out = ("failed", "best .1 %", "within .5", "distinct")
    shown = [column for column in search_columns(found) if column.heading not in left_out]
    rows = []
    for _, row in standings(found).iterrows():
        entries = [_latex(column.entry(row)) for column in shown]
        if row["family"] in ("trivial", "limit"):
            entries[0] = rf"\emph{{{entries[0]}}}"
        if leads(row):
            entries[1] = rf"\textbf{{{entries[1]}}}"
        rows.append(entries)
    return booktabs(escaped(found.caption), [_latex(column.heading) for column in shown], rows)


def _latex(text: str) -> str:
    return escaped(text).replace("±", r"$\pm$")


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
