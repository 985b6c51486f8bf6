"""Searches for fronts on NAS-Bench-201, beside random search at 25, 100 and 400 trainings.

``python -m studies.pareto run FOLDER`` runs what is missing into ``FOLDER`` (``--seeds N``), on
parameters and on the latency of an edge GPU; ``python -m studies.pareto show FOLDER`` prints the
tables of ``docs/pareto.md``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness.cli import main
from harness.searching.front_report import axes, folder_fronts, statistics
from harness.searching.fronts import measured
from reports.front_tables import AGAINST, MAIN, described, front_standings
from reports.numbers import decimal, estimate, percent, places
from reports.searcher_rows import SearcherRow
from studies import arguments
from studies.whole_space import markdown

COSTS = ("params", "edgegpu_latency")

BUDGETS = (25, 100, 400)
"""Trainings of 12 epochs."""

ROWS = (
    "regularized_evolution,sh_emoa,sh_emoa:population=10:evaluations=100,nsga_ii,mo_bohb,"
    "mo_bohb:longest=12,scalarised_local_search,monas,non_stationary_policy_gradient,"
    "zero_cost:synflow,zero_cost:accuracy,mo_bananas,ms_ehvi"
)
"""Evolution by the accuracy alone, the fronts of a proxy and of the judged accuracy among them."""


def run(folder: Path, seeds: str, costs: tuple[str, ...] = COSTS) -> int:
    """Run every searcher on both problems; what is there stays."""
    code = 0
    for cost in costs:
        words = ["search", "--benchmark", "nats-tss", "--seeds", seeds, "--scores", "atlas"]
        words += ["--objectives", f"error,{cost}", "--budget", str(BUDGETS[-1])]
        code = code or main([*words, "--searchers", ROWS, "--out", str(folder / cost)])
    return code


def show(folder: Path) -> str:
    """Return the tables."""
    parts = []
    for cost in COSTS:
        done, judged, true, on_fronts = folder_fronts(folder / cost)
        ends = axes(judged, true)
        parts.append(
            f"{cost}: the true front has {len(true.points)} points, {len(true.values)} candidates. "
            + "; ".join(described(axis) for axis in ends)
            + ". Reference point "
            + ", ".join(f"{axis.name} {axis.reference:.6g}" for axis in ends)
            + "."
        )
        worth = measured(on_fronts, true, BUDGETS)
        tables = {}
        for budget in BUDGETS:
            some = worth[worth["spent"] == budget].drop(columns="spent")
            tables[budget] = front_standings(list(statistics(some, done)))
        parts.append(_table(tables))
    return "\n\n".join(parts)


def _table(tables: dict[int, list[SearcherRow]]) -> str:
    """Return hypervolumes at every budget, and the rest at the last."""
    means = {n: {row.searcher: row.main.value for row in rows} for n, rows in tables.items()}
    rows = [
        [
            row.searcher,
            *(decimal(mean[row.searcher]) for mean in means.values()),
            places(row.main.place_low, row.main.place_high),
            estimate(row.of(MAIN + AGAINST)),
            decimal(row.of("epsilon").value),
            decimal(row.of("igd_plus").value),
            percent(row.of("found").value),
        ]
        for row in tables[BUDGETS[-1]]
    ]
    headings = [f"at {n}" for n in means]
    rest = ["place", "against random", "ε+", "IGD+", "found"]
    return markdown(rows, ["searcher", *headings, *rest])


if __name__ == "__main__":
    command, where, *rest = arguments(__doc__, "{run,show}", "FOLDER", "WORDS...")
    if command == "run":
        sys.exit(run(Path(where), rest[1] if rest else "100", tuple(rest[2:]) or COSTS))
    print(show(Path(where)))
