"""The leaderboard with few columns of plain names, for whoever reads a CSV file."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from reports.findings import Findings
from reports.leaderboard import leaderboard
from reports.rows import Cost
from reports.yardstick import Gap, gaps, yardstick


class PlainRow(NamedTuple):
    """One score.

    ``tau`` is Kendall's over all cells, ``over_counting`` that less the yardstick's, each with the
    ends of its 95 % interval; ``verdict`` says better, same or worse than the yardstick, which
    ``counting`` names; ``cost`` is in forward-backwards. What has no value is NaN, empty in a file.
    """

    proxy: str
    family: str
    tau: float
    tau_low: float
    tau_high: float
    place_low: int
    place_high: int
    spearman: float
    regret: float
    cells: int
    undefined: int
    failed: int
    over_counting: float
    over_counting_low: float
    over_counting_high: float
    verdict: str
    counting: str | None
    seconds: float
    cost: float


def plain(findings: Findings) -> pd.DataFrame:
    """Return one :class:`PlainRow` a score, best first."""
    over, counting = gaps(findings), yardstick(findings)
    costs = {cost.proxy: cost for cost in findings.costs}
    none, unknown = Gap(*[float("nan")] * 3), Cost("", "", float("nan"), 0)
    rows = []
    for row in leaderboard(findings.own):
        tau, gap, cost = row.tau, over.get(row.proxy, none), costs.get(row.proxy, unknown)
        rows.append(
            PlainRow(
                proxy=row.proxy,
                family=row.family,
                tau=tau.value,
                tau_low=tau.low,
                tau_high=tau.high,
                place_low=tau.place_low,
                place_high=tau.place_high,
                spearman=row.of("spearman").value,
                regret=row.of("regret").value,
                cells=tau.n,
                undefined=tau.undefined,
                failed=tau.failed,
                over_counting=gap.difference,
                over_counting_low=gap.low,
                over_counting_high=gap.high,
                verdict=gap.verdict,
                counting=counting,
                seconds=cost.seconds,
                cost=cost.units,
            )
        )
    return pd.DataFrame(rows, columns=list(PlainRow._fields))
