"""What a run says, in a few sentences."""

from __future__ import annotations

import pandas as pd

from reports.findings import Findings
from reports.numbers import decimal, estimate, interval
from reports.tables import leaderboard, leads

CONTROL = "live_params"
"""The yardstick among the trivial rows, else ``params``."""


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
    """Return how many proxies beat counting parameters, by the interval of the difference."""
    names = [name for name in (CONTROL, "params") if name in set(table["proxy"])]
    judged = set(table.loc[table["family"] != "trivial", "proxy"])
    if not names or not judged:
        return []
    control = names[0]
    better = []
    for row in findings.differences:
        if control not in (row.first, row.second):
            continue
        other = row.second if row.first == control else row.first
        beats = row.high < 0 if row.first == control else row.low > 0
        if other in judged and beats:
            better.append(other)
    value = decimal(table.set_index("proxy").loc[control, "kendall all"])
    who = f": {', '.join(sorted(better))}" if better else ""
    return [
        f"Counting parameters ({control}) reaches {value}. {len(better)} of {len(judged)} proxies "
        f"and combinations are better than that by an interval of the difference{who}."
    ]
