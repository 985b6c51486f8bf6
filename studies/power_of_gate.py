"""What falls the gate finds, by drawing cells again: ``python -m studies.power_of_gate``.

Cells of NAS-Bench-201 are drawn one by one; a score is the accuracy blurred. After a change of its
formula it is blurred more, so that Kendall's tau over all 15,625 cells falls by a known amount; or
blurred otherwise and as much, so that it does not fall. The harness compares the two over the drawn
cells, alone and as one of forty proxies of which all have moved.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import benchmark
from benchmarks.nasbench201.builtin import TABLE
from benchmarks.table import AccuracyTable
from harness.judging.ranks import kendall
from harness.judging.run_scores import RunScores
from harness.options.run_settings import plan_from
from harness.reporting import baseline
from harness.reporting.comparing import Rules, compared
from harness.runs.designs import Design, one_by_one
from harness.scoring.entries import of_file
from reports.gate import Comparison, Verdict

SIZES = (120, 300, 600, 1500)
FALLS = (0.0, 0.02, 0.05, 0.1)
BLUR = 4.0
"""Points of accuracy by which the score is blurred before the change."""

OTHERS = 39
"""Proxies beside it whose scores have moved as well."""


class Power(NamedTuple):
    """How often a fall was found, of draws.

    ``fell`` by the rule of what is observed, ``alone`` by the interval, ``among`` by the interval
    after Holm's correction for forty; ``detectable`` is the median of what the gate prints.
    """

    n: int
    fall: float
    fell: float
    alone: float
    among: float
    detectable: float


def blurred(accuracy: np.ndarray, fall: float, draw: np.random.Generator) -> list[np.ndarray]:
    """Return scores before and after a change that costs so much of tau over all cells."""
    first, second = draw.normal(0, BLUR, (2, len(accuracy)))
    before = accuracy + first
    if fall == 0:
        return [before, accuracy + (first + second) / 2**0.5]
    known = kendall(before, accuracy).value

    def missing(size: float) -> float:
        return known - fall - kendall(before + size * second, accuracy).value

    return [before, before + float(brentq(missing, 0, 20, xtol=1e-3)) * second]


def run_of(frame: pd.DataFrame, scores: pd.Series, design: Design, plan: object) -> RunScores:
    """Return a run of one score, which no table is needed to judge."""
    cells = frame.assign(proxy="changed", score=scores, signed=scores, status="ok").reset_index()
    entry = of_file("changed", "the study")
    return RunScores(plan, None, cells, cells, {"changed": entry}, design, [], [])  # type: ignore[arg-type]


def power(table: AccuracyTable, draws: int) -> Iterator[Power]:
    """Yield how often each fall is found with so many cells."""
    nats, plan = benchmark("nats-tss"), plan_from({})
    accuracy = table.accuracy(AccuracyName("cifar10", "ori-test", 200, None))
    classes = table.candidates.loc[accuracy.index].map(nats.representative)
    whole = pd.DataFrame({"accuracy": accuracy, "class": classes}).rename_axis("index")
    for fall in FALLS:
        pair = blurred(accuracy.to_numpy(), fall, np.random.default_rng(0))
        before, after = (pd.Series(values, accuracy.index) for values in pair)
        for n in SIZES:
            draw, rows = np.random.default_rng(n), list[Comparison]()
            for _ in range(draws):
                chosen = np.sort(draw.choice(accuracy.index.to_numpy(), n, replace=False))
                frame, design = whole.loc[chosen], Design("random", "", one_by_one(n, classes))
                old = dict(baseline.entries(run_of(frame, before[chosen], design, plan)))
                rows += compared(run_of(frame, after[chosen], design, plan), old, Rules())
            yield _counted(n, fall, rows)


def _counted(n: int, fall: float, rows: list[Comparison]) -> Power:
    alone = [row.verdict is Verdict.REGRESSED for row in rows]
    errors = [(row.high - row.low) / 2 / norm.ppf(0.975) for row in rows]
    p = np.array([norm.cdf((r.difference + 0.01) / e) for r, e in zip(rows, errors, strict=True)])
    among = p * (OTHERS + 1) < 0.025  # Holm's first step
    return Power(
        n,
        fall,
        float(np.mean([row.verdict.fails for row in rows])),
        float(np.mean(alone)),
        float(np.mean(among)),
        float(np.median([row.detectable for row in rows])),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    options = parser.parse_args()
    sys.stdout.write(
        "| cells | fall over all cells | fails | by the interval | the same, one of 40 | "
        "detectable |\n|--:|--:|--:|--:|--:|--:|\n"
    )
    for row in power(TABLE.accuracies(), options.draws):
        sys.stdout.write(
            f"| {row.n} | {row.fall:.2f} | {row.fell:.2f} | {row.alone:.2f} | {row.among:.2f} | "
            f"{row.detectable:.3f} |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
