"""Correlation rows as tables to paste."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reports.rows import Correlation

NO_VALUE = "–"


def leaderboard(rows: Sequence[Correlation]) -> pd.DataFrame:
    """Return one row a proxy, best Kendall over all cells first.

    Columns: ``proxy``, the four correlations as ``(statistic, cells)`` joined by a space, ``n``,
    ``undefined``, ``failed``, ``worst`` (Kendall with missing scores ranked worst), ``trivial`` and
    ``combines``.
    """
    frame = pd.DataFrame(rows)
    frame["column"] = frame["statistic"] + " " + frame["cells"]
    wide = frame.pivot(index="proxy", columns="column", values="value")
    counts = frame[(frame["cells"] == "all") & (frame["statistic"] == "kendall")]
    counts = counts.set_index("proxy")[["n", "undefined", "failed", "trivial", "combines"]]
    classes = frame[(frame["cells"] == "classes") & (frame["statistic"] == "kendall")]
    counts["n classes"] = classes.set_index("proxy")["n"]
    table = wide.join(counts).reset_index()
    return table.sort_values(
        ["kendall all", "proxy"], ascending=[False, True], na_position="last", ignore_index=True
    )


def markdown(rows: Sequence[Correlation], caption: str) -> str:
    """Return the leaderboard as a Markdown table with its caption and the meaning of its columns.

    Trivial rows (counts and the random control) are set in italics.
    """
    table = leaderboard(rows)
    header = (
        "proxy",
        "τ-b",
        "ρ",
        "τ-b classes",
        "ρ classes",
        "τ-b worst",
        "n",
        "undefined",
        "failed",
    )
    marked = (table["combines"] != "").any()
    lines = [
        caption,
        "",
        "| " + " | ".join(header) + " |",
        "|:--|" + "--:|" * (len(header) - 1),
    ]
    for _, row in table.iterrows():
        name = f"*{row['proxy']}*" if row["trivial"] else str(row["proxy"])
        name += " †" if row["combines"] else ""
        values = [
            decimal(row[column])
            for column in (
                "kendall all",
                "spearman all",
                "kendall classes",
                "spearman classes",
                "kendall_undefined_worst all",
            )
        ]
        counts = [str(row[column]) for column in ("n", "undefined", "failed")]
        lines.append("| " + " | ".join([name, *values, *counts]) + " |")
    lines += [
        "",
        "τ-b is Kendall's, ρ Spearman's, each signed by the proxy's declared direction. Rows in "
        "italics only count, or draw at random. *classes*: the first cell of each functional class "
        f"({int(table['n classes'].max())} at most). *worst*: cells without a score ranked below "
        "all others instead of left out."
        + (
            " † combines ranks over these cells: with other cells it is another score."
            if marked
            else ""
        ),
    ]
    return "\n".join(lines) + "\n"


def decimal(value: float) -> str:
    """Return a correlation with three decimals and a true minus sign."""
    return NO_VALUE if pd.isna(value) else f"{value:.3f}".replace("-", "−")
