"""Findings as tables to paste: Markdown, LaTeX, and a frame for everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pandas as pd

from reports.findings import Findings
from reports.markup import booktabs, pipes
from reports.numbers import NO_VALUE, estimate, percent, places
from reports.numbers import decimal as decimal
from reports.numbers import interval as interval
from reports.rows import Correlation

LEVEL = 0.05
"""Proxies whose p-value of being the best is at least this are a 95 % set that holds the best."""


FAVOURITES = 10
"""Cells that are trained for the regret that the table shows."""


FEWEST = 30
"""Cells of the best tenth below which nothing is said of their order."""


class Column(NamedTuple):
    """A column of the leaderboard: its heading, and how a row's entry reads."""

    heading: str
    entry: Callable[[pd.Series], str]


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


def columns(findings: Findings) -> list[Column]:
    """Return the columns that a run's table has: what was not measured has none."""
    seconds = {cost.proxy: cost.seconds for cost in findings.costs}
    shares = {share.proxy: share.share for share in findings.seed_shares}
    statistics = {row.statistic for row in findings.own}

    def value(column: str, digits: int = 3) -> Callable[[pd.Series], str]:
        return lambda row: decimal(row[column], digits)

    chosen: list[Column | None] = [
        Column("proxy", name),
        Column("τ-b", value("kendall all")),
        Column("95 %", lambda row: interval(row["kendall all low"], row["kendall all high"])),
        Column("τ-b defined", value("kendall_left_out all")),
        Column("place", lambda row: places(row["place_low"], row["place_high"])),
        Column("τ-b without noise", lambda row: estimate(row, "kendall_without_noise all"))
        if "kendall_without_noise" in statistics
        else None,
        Column("ρ", value("spearman all")),
        Column("τ-b classes", value("kendall classes")),
        Column("τ-b top", top),
        Column("τ-w", value("weighted_tau all")),
        Column("precision", value("precision all")),
        Column("regret", value("regret all", findings.digits)),
        Column("partial ρ", value("spearman_given_live_params all"))
        if "spearman_given_live_params" in statistics
        else None,
        Column("seed", lambda row: percent(shares.get(row["proxy"]))) if shares else None,
        Column("seconds", lambda row: decimal(seconds.get(row["proxy"]), 2)) if seconds else None,
        Column("undefined", lambda row: str(row["undefined"])),
        Column("failed", lambda row: str(row["failed"])),
    ]
    return [column for column in chosen if column]


def name(row: pd.Series) -> str:
    """Return a proxy's name with the mark of its family."""
    marks = {"combination": " †", "few-step": " ‡", "elsewhere": " §", "one-shot": " ¶"}
    return str(row["proxy"]).replace("|", "/") + marks.get(row["family"], "")


def markdown(findings: Findings) -> str:
    """Return the leaderboard as a Markdown table with its caption and the meaning of its columns.

    Trivial rows are in italics; a 95 % set that holds the best is in bold.
    """
    table, shown = leaderboard(findings.own), columns(findings)
    rows = []
    for _, row in table.iterrows():
        entries = [column.entry(row) for column in shown]
        if row["family"] == "trivial":
            entries[0] = f"*{entries[0]}*"
        if leads(row):
            entries[1] = f"**{entries[1]}**"
        rows.append(entries)
    lines = pipes([column.heading for column in shown], rows)
    return "\n".join([findings.caption, "", *lines, "", " ".join(legend(findings))]) + "\n"


def latex(findings: Findings) -> str:
    """Return the leaderboard as a LaTeX table that needs the ``booktabs`` package alone."""
    table, shown = leaderboard(findings.own), columns(findings)
    chosen = [
        c for c in shown if c.heading not in ("seconds", "undefined", "failed", "τ-b defined")
    ]
    rows = []
    for _, row in table.iterrows():
        entries = [escaped(column.entry(row)) for column in chosen]
        if row["family"] == "trivial":
            entries[0] = rf"\emph{{{entries[0]}}}"
        if leads(row):
            entries[1] = rf"\textbf{{{entries[1]}}}"
        rows.append(entries)
    headings = [escaped(column.heading) for column in chosen]
    return booktabs(escaped(findings.caption), headings, rows)


SYMBOLS = {
    "\\": "/",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "^": r"\^{}",
    "~": r"\~{}",
    "_": r"\_",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "τ-b": r"$\tau_b$",
    "τ-w": r"$\tau_w$",
    "ρ": r"$\rho$",
    "−": "$-$",
    "–": "--",
    "†": r"$^\dagger$",
    "‡": r"$^\ddagger$",
    "§": r"$^\S$",
    "¶": r"$^\P$",
}


def escaped(text: str) -> str:
    """Return text for LaTeX."""
    for symbol, code in SYMBOLS.items():
        text = text.replace(symbol, code)
    return text


def legend(findings: Findings, leaders: str = "Bold") -> list[str]:
    """Return what a reader of the leaderboard has to know, a sentence each."""
    families = {row.family for row in findings.own}
    ceiling, measure = findings.ceiling("kendall"), findings.measure
    notes = {
        "trivial": "Rows in italics only count, or draw at random.",
        "combination": "† combines ranks over these cells: with other cells it is another score.",
        "few-step": "‡ trains for a few steps, so it is not computed at initialisation.",
        "elsewhere": "§ was computed elsewhere and read from a file.",
        "one-shot": "¶ is accuracy with weights inherited from supernets, mean over them; seconds "
        "hold a cell's share of their training.",
    }
    sentences = [
        "τ-b is Kendall's, ρ Spearman's, each signed by the proxy's declared direction.",
        f"*95 %* is the interval. {findings.design}",
        "*place* is the interval of the rank, from all pairs at once.",
        f"{leaders} is a 95 % set that holds the best (Hsu).",
        *(note for family, note in notes.items() if family in families),
        "*classes*: the first cell of each functional class.",
        _of_top(findings),
        f"τ-w weighs each cell by one over its rank in {measure}. *precision*: of the best tenth "
        f"by score, the share that is in the best tenth by {measure}. *regret*: {findings.points} "
        "that the best of ten favourites lies behind the best of these cells. Where scores tie, "
        "both are what a draw among them is expected to give.",
        "Cells without a score rank below all others; *τ-b defined* leaves them out.",
    ]
    if any(row.statistic == "spearman_given_live_params" for row in findings.own):
        sentences.append("*partial ρ*: Spearman's with live_params held constant.")
    if ceiling:
        sentences.append(
            f"*τ-b without noise*: with the {measure} that training without noise would reach, "
            f"through the sine; that {measure} itself would reach {decimal(ceiling.value)} here, "
            f"as two trainings agree at {decimal(ceiling.agreement)} ({ceiling.n} cells, "
            f"{ceiling.source})."
        )
    return sentences


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


def top(row: pd.Series) -> str:
    """Return Kendall among the best tenth with its interval; a dash where they are too few."""
    return estimate(row, "kendall top") if row["n top"] >= FEWEST else NO_VALUE
