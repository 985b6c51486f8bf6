"""One-shot predictors a supernet at a time, as tables to paste."""

from __future__ import annotations

from collections.abc import Sequence

from reports.leaderboard import FEWEST
from reports.markup import pipes
from reports.numbers import NO_VALUE, decimal, interval
from reports.rows import SupernetCorrelation, SupernetDifference

HEADINGS = ("predictor", "τ-b", "95 %", "over supernets", "τ-b top", "95 %", "supernets", "seconds")


def supernets(
    rows: Sequence[SupernetCorrelation], differences: Sequence[SupernetDifference]
) -> str:
    """Return both tables in Markdown, with what they mean; nothing where there are no rows."""
    if not rows:
        return ""
    whole = {row.predictor: row for row in rows if row.cells == "all"}
    best = {row.predictor: row for row in rows if row.cells == "top"}
    first = next(iter(whole.values()))
    each = []
    for name, row in sorted(whole.items(), key=lambda item: -item[1].value):
        among = best[name]
        known = among.n >= FEWEST
        entries = [
            name if row.supernets else f"*{name}*",
            decimal(row.value),
            interval(row.low, row.high),
            interval(row.supernets_low, row.supernets_high),
            decimal(among.value) if known else NO_VALUE,
            interval(among.low, among.high) if known else NO_VALUE,
            str(row.supernets) if row.supernets else NO_VALUE,
            decimal(row.seconds, 0),
        ]
        each.append(entries)
    told = ("difference of τ-b", "all", "95 %", "over supernets", "top", "95 %", "over supernets")
    pairs = []
    gaps = {(gap.first, gap.second, gap.cells): gap for gap in differences}
    for (predictor, other, cells), gap in gaps.items():
        if cells == "all":
            entries = [f"{predictor} − {other}", *_cells_of(gap)]
            enough = best[predictor].n >= FEWEST
            entries += _cells_of(gaps[predictor, other, "top"]) if enough else [NO_VALUE] * 3
            pairs.append(entries)
    lines = [
        f"One supernet at a time, mean over {first.supernets}:",
        "",
        *pipes(HEADINGS, each),
        "",
        *pipes(told, pairs),
        "",
        f"τ-b is Kendall's of each supernet's scores, over {first.n} children and, *top*, over the "
        f"{best[first.predictor].n} best by accuracy. *95 %* is the interval over children and "
        "supernets, *over supernets* the one for these very children; differences are paired over "
        "both. *seconds* are of one supernet: its training and the scoring of its children. The "
        "leaderboard's rows rank by the mean of all supernets' scores, which is another score.",
    ]
    return "\n".join(lines) + "\n"


def _cells_of(gap: SupernetDifference) -> list[str]:
    return [
        decimal(gap.difference),
        interval(gap.low, gap.high),
        interval(gap.supernets_low, gap.supernets_high),
    ]
