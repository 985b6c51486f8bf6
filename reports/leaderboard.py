"""One row a score, best first: what every table, figure and sentence of a report starts from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reports.rows import Correlation

LEVEL = 0.05
"""Proxies whose p-value of being the best is at least this are a 95 % set that holds the best."""


FAVOURITES = 10
"""Cells that are trained for the regret that the table shows."""


FEWEST = 30
"""Rows below which nothing is said but tau and its interval, and those under a warning."""


def leaderboard(rows: Sequence[Correlation]) -> pd.DataFrame:
    """Return one row a proxy, best Kendall over all cells first.

    Columns: ``proxy``; each statistic's value and interval as ``statistic cells`` and with ``low``
    or ``high`` appended; of Kendall over all cells ``n``, ``undefined``, ``failed``, ``place_low``,
    ``place_high`` and ``p_best``; ``family``.
    """
    frame = pd.DataFrame(rows)
    frame["column"] = frame["statistic"] + " " + frame["cells"]
    curves = (frame["statistic"] == "regret") & (frame["k"] != FAVOURITES)
    frame = frame[~curves]
    parts = []
    for value, suffix in (("value", ""), ("low", " low"), ("high", " high")):
        wide = frame.pivot(index="proxy", columns="column", values=value)
        parts.append(wide.add_suffix(suffix))
    main = frame[(frame["cells"] == "all") & (frame["statistic"] == "kendall")]
    kept = [
        "n",
        "undefined",
        "failed",
        "place_low",
        "place_high",
        "p_best",
        "behind",
        "family",
        "needs",
    ]
    classes = frame[(frame["cells"] == "classes") & (frame["statistic"] == "kendall")]
    table = pd.concat([*parts, main.set_index("proxy")[kept]], axis=1)
    table["n classes"] = classes.set_index("proxy")["n"]
    best = frame[(frame["cells"] == "top") & (frame["statistic"] == "kendall")]
    table["n top"] = best.set_index("proxy")["n"]
    table["judged"] = table["place_low"] > 0  # what has no interval does not lead
    return table.reset_index().sort_values(
        ["judged", "kendall all", "proxy"],
        ascending=[False, False, True],
        na_position="last",
        ignore_index=True,
    )


def leads(row: pd.Series) -> bool:
    """Whether a row of the leaderboard is in the 95 % set that holds the best."""
    return bool(row["judged"] and (row["behind"] == 0 or row["p_best"] >= LEVEL))
