"""Correlation rows as tables to paste."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from reports.rows import Correlation

NO_VALUE = "–"


def leaderboard(rows: Sequence[Correlation]) -> pd.DataFrame:
    """Return one row a proxy, best Kendall over all cells first.

    Columns: ``proxy``, the four correlations as ``(statistic, cells)`` joined by a space, ``n``,
    ``undefined``, ``failed``, ``worst`` (Kendall with missing scores ranked worst), and
    ``family``.
    """
    frame = pd.DataFrame(rows)
    frame["column"] = frame["statistic"] + " " + frame["cells"]
    wide = frame.pivot(index="proxy", columns="column", values="value")
    counts = frame[(frame["cells"] == "all") & (frame["statistic"] == "kendall")]
    counts = counts.set_index("proxy")[["n", "undefined", "failed", "family"]]
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
    lines = [
        caption,
        "",
        "| " + " | ".join(header) + " |",
        "|:--|" + "--:|" * (len(header) - 1),
    ]
    for _, row in table.iterrows():
        marks = {"trivial": "*{}*", "combination": "{} †", "few-step": "{} ‡"}
        name = marks.get(row["family"], "{}").format(row["proxy"])
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
    lines += ["", " ".join(legend(table))]
    return "\n".join(lines) + "\n"


def legend(table: pd.DataFrame) -> list[str]:
    """Return what a reader of the leaderboard has to know, a sentence each."""
    families = set(table["family"])
    notes = {
        "trivial": "Rows in italics only count, or draw at random.",
        "combination": "† combines ranks over these cells: with other cells it is another score.",
        "few-step": "‡ trains for a few steps, so it is not computed at initialisation.",
    }
    return [
        "τ-b is Kendall's, ρ Spearman's, each signed by the proxy's declared direction.",
        *(note for family, note in notes.items() if family in families),
        "*classes*: the first cell of each functional class "
        f"({int(table['n classes'].max())} at most).",
        "*worst*: cells without a score ranked below all others instead of left out.",
    ]


def decimal(value: float) -> str:
    """Return a correlation with three decimals and a true minus sign."""
    return NO_VALUE if pd.isna(value) else f"{value:.3f}".replace("-", "−")
