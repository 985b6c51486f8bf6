"""Searches as tables to paste: Markdown, LaTeX, and a frame for everything else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isnan

from reports.columns import Column
from reports.numbers import decimal
from reports.rows import SearchStatistic
from reports.searcher_rows import (
    SearcherRow,
    against,
    as_latex,
    as_markdown,
    ranked,
    searcher_column,
    share_of,
    spending,
    value_of,
)
from reports.searches import Searches

MAIN = "accuracy"


def standings(searches: Searches) -> list[SearcherRow]:
    """Return one row a searcher, best mean accuracy first, and the limits of the space on top."""
    limits = [
        SearcherRow(SearchStatistic(name, "limit", searches.dataset, MAIN, accuracy), {})
        for name, (accuracy, _) in searches.limits.items()
    ]
    return [*limits, *ranked(searches.statistics, searches.dataset, MAIN)]


def search_columns(searches: Searches) -> list[Column[SearcherRow]]:
    """Return the columns that the table of searches has."""
    others = dict.fromkeys(r.dataset for r in searches.statistics if r.dataset != searches.dataset)
    digits = 2 if in_points(searches) else 3
    interval, *rest = against("against_random", digits)
    return [
        searcher_column(),
        Column(searches.measure[0], partial(spread, digits=digits)),
        interval,
        Column("median", value_of("median", digits)),
        *rest,
        Column("regret", value_of("regret", digits), smallest=True),
        Column("to signal's best", value_of("regret_to_signal", digits), smallest=True),
        Column("best 1 %", share_of("best_1")),
        Column("best .1 %", share_of("best_0.1")),
        *([Column("within .5", share_of("reached_0.5"))] if in_points(searches) else []),
        *(Column(name, _transfer(name)) for name in others),
        *spending(searches.unit),
    ]


def in_points(searches: Searches) -> bool:
    """Whether choices are judged in percent, so that half of one is a distance."""
    return searches.measure[1] == "%"


def _transfer(dataset: str) -> Callable[[SearcherRow], str]:
    return lambda row: spread(row, dataset)


def spread(row: SearcherRow, dataset: str | None = None, digits: int = 2) -> str:
    """Return mean and deviation as papers print them."""
    main = row.main if dataset is None else row.of(MAIN, dataset)
    deviation = row.of("deviation", dataset).value
    if isnan(main.value) or isnan(deviation):
        return decimal(main.value, digits)
    return f"{decimal(main.value, digits)} ± {decimal(deviation, digits)}"


def search_markdown(searches: Searches) -> str:
    """Return the table of searches with its caption and the meaning of its columns."""
    return as_markdown(
        searches.caption, search_columns(searches), standings(searches), search_legend(searches)
    )


def search_latex(searches: Searches) -> str:
    """Return the table of searches for LaTeX; it needs the ``booktabs`` package alone."""
    left_out = ("failed", "best .1 %", "within .5", "distinct")
    return as_latex(searches.caption, search_columns(searches), standings(searches), left_out)


def search_legend(searches: Searches, leaders: str = "Bold") -> list[str]:
    """Return what a reader of the table of searches has to know, a sentence each."""
    transfer = any(row.dataset != searches.dataset for row in searches.statistics)
    name, points = searches.measure[0], in_points(searches)
    within = (
        "; *within .5*: whose best by the signal so far was ever within half a point of the best"
    )
    sentences = [
        *searches.words,
        f"*{name}* is the mean and standard deviation over seeds of what was chosen in the end, "
        "*95 %* the interval of the mean.",
        "*place* is the interval of the rank, from all pairs at once.",
        f"{leaders} is a 95 % set that holds the best (Hsu).",
        "*against random* is the difference of means from random search, seeds paired.",
        f"*regret*: {'points' if points else 'how far'} behind the best of the space; *to signal's "
        "best*: behind the candidate "
        "that the signal ranks first, which no search by it alone can be asked to pass.",
        f"*best 1 %*: share of the seeds whose choice is among the best 1 % by {name}"
        f"{within if points else ''}.",
        "Columns of other datasets are what the same choices reach there." if transfer else "",
        "*distinct*: functional classes that were trained. Rows in italics draw at random, or are "
        "limits of the space. What failed has its reason in `final.csv`.",
    ]
    return [sentence for sentence in sentences if sentence]
