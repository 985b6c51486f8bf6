"""What a reader of the leaderboard has to know."""

from __future__ import annotations

from collections.abc import Container, Iterator

import pandas as pd

from reports.findings import Findings
from reports.leaderboard import FEWEST
from reports.numbers import decimal
from reports.yardstick import yardstick


def legend(
    findings: Findings, leaders: str = "Bold", shown: Container[str] | None = None
) -> list[str]:
    """Return what a reader of the leaderboard has to know, a sentence each.

    Args:
        findings: what is shown.
        leaders: how rows of the set that holds the best are marked.
        shown: headings of the columns that are there, where it is not all of them.
    """
    families = {row.family for row in findings.own}
    brackets = any(pd.notna(row.low) for row in findings.own)
    about_families = [note for family, note in FAMILIES.items() if family in families]
    sentences = [
        ("τ-b", "τ-b is Kendall's, signed by the proxy's declared direction."),
        (
            "τ-b",
            f"Brackets hold 95 % intervals. {findings.design}" if brackets else findings.design,
        ),
        ("place", "*place* is the interval of the rank, from all pairs at once."),
        ("τ-b", f"{leaders} is a 95 % set that holds the best (Hsu)."),
        *(("proxy", note) for note in about_families),
        *_of_counting(findings, brackets),
        *_of_selection(findings),
        ("τ-b", "Cells without a score rank below all others."),
        ("τ-b defined", "*τ-b defined* leaves those out."),
        ("ρ", "ρ is Spearman's, signed likewise."),
        ("cost", _of_cost(findings)),
        ("τ-b without noise", _of_noise(findings)),
        ("τ-b", f"What rests on fewer than {FEWEST} rows is left out, but τ-b itself."),
    ]
    return [said for heading, said in sentences if said and (shown is None or heading in shown)]


FAMILIES = {
    "trivial": "Rows in italics only count, or draw at random.",
    "combination": "† combines ranks over these cells: with other cells it is another score.",
    "few-step": "‡ trains for a few steps, so it is not computed at initialisation.",
    "elsewhere": "§ was computed elsewhere and read from a file.",
    "one-shot": "¶ is accuracy with weights inherited from supernets, mean over them; seconds "
    "hold a cell's share of their training.",
}


def _of_counting(findings: Findings, brackets: bool) -> Iterator[tuple[str, str]]:
    """Yield what the yardstick is, and what is held constant."""
    control = yardstick(findings)
    if control is None:
        return
    said = f"*over counting*: τ-b less that of {control}, the stronger count of parameters"
    told = ", with its interval: better or worse where that leaves out 0, else the same."
    yield "over counting", said + (told if brackets else ".")
    if any(row.statistic == f"spearman_given_{control}" for row in findings.own):
        yield "partial ρ", f"*partial ρ*: Spearman's with {control} held constant."


def _of_selection(findings: Findings) -> Iterator[tuple[str, str]]:
    """Yield what favourites are, and how the best are looked at."""
    yield (
        "regret",
        f"*regret*: {findings.points} that the best of ten favourites lies behind the best of "
        "these cells; where scores tie, what a draw among them is expected to give.",
    )
    yield "τ-b classes", "*classes*: the first cell of each functional class."
    yield "τ-b top", _of_top(findings)
    yield "τ-w", f"τ-w weighs each cell by one over its rank in {findings.measure}."
    yield (
        "precision",
        "*precision*: of the best tenth by score, the share that is in the best tenth by "
        f"{findings.measure}.",
    )


def _of_cost(findings: Findings) -> str:
    """Return what a unit of cost is."""
    if all(pd.isna(cost.units) for cost in findings.costs):
        return ""
    return (
        "*cost*: in forward-backwards of the same networks and minibatch in the same run; seconds "
        "depend on the machine and its load."
    )


def _of_noise(findings: Findings) -> str:
    """Return what training noise takes away, where that can be told."""
    ceiling, measure = findings.ceiling("kendall"), findings.measure
    if ceiling is None:
        return ""
    return (
        f"*τ-b without noise*: with the {measure} that training without noise would reach, "
        f"through the sine; that {measure} itself would reach {decimal(ceiling.value)} here, "
        f"as two trainings agree at {decimal(ceiling.agreement)} ({ceiling.n} cells, "
        f"{ceiling.source})."
    )


def _of_top(findings: Findings) -> str:
    """Return what the best tenth is, and what the truth itself would reach there."""
    n = max((row.n for row in findings.own if row.cells == "top"), default=0)
    said = f"*top*: the best tenth by {findings.measure}, {n} cells"
    ceiling = findings.ceiling("kendall", "top")
    if n < FEWEST:
        return f"{said}, too few to tell."
    if ceiling is None:
        return f"{said}."
    reached = decimal(ceiling.value)
    return f"{said}; the true {findings.measure} itself would reach {reached} among them."
