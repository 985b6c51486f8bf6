"""The leaderboard with few columns of plain names, for whoever reads a CSV file."""

from __future__ import annotations

import pandas as pd

from reports.findings import Findings
from reports.leaderboard import as_frame, leaderboard
from reports.yardstick import Gap, gaps, yardstick

KEPT = {
    "proxy": "proxy",
    "family": "family",
    "kendall all": "tau",
    "kendall all low": "tau_low",
    "kendall all high": "tau_high",
    "place_low": "place_low",
    "place_high": "place_high",
    "spearman all": "spearman",
    "regret all": "regret",
    "n": "cells",
    "undefined": "undefined",
    "failed": "failed",
}
"""Columns of the leaderboard, and what they are called here."""


def plain(findings: Findings) -> pd.DataFrame:
    """Return one row a score, best first.

    ``tau`` is Kendall's over all cells, ``over_counting`` that less the yardstick's, each with the
    ends of its 95 % interval; ``verdict`` says better, same or worse than the yardstick, which
    ``counting`` names; ``cost`` is in forward-backwards. Empty where there is no value.
    """
    made = as_frame(leaderboard(findings.own))[list(KEPT)].rename(columns=KEPT)
    found, none = gaps(findings), Gap(*[float("nan")] * 3)
    over = [found.get(name, none) for name in made["proxy"]]
    for name in Gap._fields:
        column = "over_counting" if name == "difference" else f"over_counting_{name}"
        made[column] = [getattr(gap, name) for gap in over]
    made["verdict"] = [gap.verdict for gap in over]
    made["counting"] = yardstick(findings)
    costs = {cost.proxy: cost for cost in findings.costs}
    made["seconds"] = made["proxy"].map({name: cost.seconds for name, cost in costs.items()})
    made["cost"] = made["proxy"].map({name: cost.units for name, cost in costs.items()})
    return made
