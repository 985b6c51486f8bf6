"""What a run says, in a few sentences."""

from __future__ import annotations

import pandas as pd

from reports.findings import Findings
from reports.leaderboard import FEWEST, leaderboard, leads
from reports.numbers import decimal, estimate, interval
from reports.yardstick import BETTER, SAME, WORSE, gaps, yardstick


def conclusions(findings: Findings) -> list[str]:
    """Return who leads, what is not told apart, how far the ceiling is, and the yardstick."""
    everything = leaderboard(findings.own)
    table = everything.dropna(subset="kendall all")
    if table.empty:
        return ["No score could be ranked: none is defined, or all are equal."]
    sentences = [_leader(table)]
    ceiling = findings.ceiling("kendall")
    column = "kendall_without_noise all"
    if ceiling and column in table:
        sentences.append(
            f"With accuracies of no training noise that would be "
            f"{estimate(table.iloc[0], column)}; with those that are stored, the true accuracy "
            f"itself would reach {decimal(ceiling.value)}."
        )
    sentences += _yardstick(table, findings)
    if needs := int(table.iloc[0]["needs"]):
        sentences.append(
            f"For an interval of ± .02 about {table.iloc[0]['proxy']} about {needs} cells are "
            f"needed; there are {table.iloc[0]['n']}."
        )
    missing = everything[(everything["undefined"] > 0) | (everything["failed"] > 0)]
    if len(missing):
        cells = int((missing["undefined"] + missing["failed"]).max())
        sentences.append(
            f"{len(missing)} of {len(everything)} scores lack a value for some cells ({cells} at "
            "most); those cells rank below all others."
        )
    return sentences


def _leader(table: pd.DataFrame) -> str:
    first = table.iloc[0]
    value = decimal(first["kendall all"])
    if not first["judged"]:
        return (
            f"{first['proxy']} has the largest Kendall τ-b, {value}; there are too few cells "
            "for an interval, so nothing can be told apart."
        )
    others = table.iloc[1:]
    equals = [str(row["proxy"]) for _, row in others.iterrows() if leads(row)]
    unjudged = [str(row["proxy"]) for _, row in others.iterrows() if not row["judged"]]
    if pd.isna(first["kendall all low"]):
        return (
            f"{first['proxy']} leads with a Kendall τ-b of {value}. All cells were scored once: "
            "nothing was sampled, and how far initial weights decide was not measured."
        )
    span = interval(first["kendall all low"], first["kendall all high"])
    told = [f"{first['proxy']} leads with a Kendall τ-b of {value} {span}."]
    if equals:
        told.append(f"With {', '.join(equals)} it makes a 95 % set that holds the best.")
    else:
        told.append("It alone is a 95 % set that holds the best.")
    if unjudged:
        told.append(f"Not judged, for too few cells: {', '.join(unjudged)}.")
    return " ".join(told)


def _yardstick(table: pd.DataFrame, findings: Findings) -> list[str]:
    """Return how many scores beat counting parameters, by the interval of the difference."""
    control, found = yardstick(findings), gaps(findings)
    judged = table.loc[table["family"] != "trivial", "proxy"]
    named = {
        word: [n for n in judged if n in found and found[n].verdict == word]
        for word in (BETTER, SAME, WORSE)
    }
    if control is None or not any(named.values()):
        return []
    value = decimal(table.set_index("proxy").loc[control, "kendall all"])
    better, same, worse = named[BETTER], named[SAME], named[WORSE]
    who = f" ({', '.join(better)})" if better else ""
    sampled = any(found[name].low < found[name].high for name in (*better, *same, *worse))
    rule = "By the 95 % interval of the difference from that" if sampled else "Over these cells"
    return [
        f"Counting parameters ({control}) reaches {value}. {rule}, {len(better)} of "
        f"{len(better) + len(same) + len(worse)} scores {'is' if len(better) == 1 else 'are'} "
        f"better{who}, {len(same)} the same, {len(worse)} worse."
    ]


def warning(findings: Findings) -> str:
    """Return why the sample is too small for what a table claims; nothing where it is not."""
    table = leaderboard(findings.own)
    n = int(table["n"].max())
    if n < FEWEST:
        return (
            f"Only {n} cells were scored: fewer than {FEWEST} show that a score can be computed, "
            "not what it is worth."
        )
    width = (table["kendall all high"] - table["kendall all low"]).median() / 2
    if width > WIDE:
        return (
            f"Only {n} cells were scored: half of the intervals are wider than ± "
            f"{decimal(width, 2)}, so that large differences alone can be told. More `--cells` "
            "narrow them."
        )
    return ""


WIDE = 0.1
"""Half of an interval of tau from which on a table carries a warning."""
