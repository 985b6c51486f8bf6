"""How often the harness's 95 % intervals hold the value of the whole space, by drawing again.

``python -m studies.coverage_of_intervals --draws 1000`` draws cells of NAS-Bench-201
again and again by each design, judges each draw as ``harness run`` would, and counts. Three scores
of different strength are judged: the true accuracy blurred, live parameters, and 3x3 convolutions.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import benchmark
from benchmarks.nasbench201.builtin import TABLE
from benchmarks.table import AccuracyTable
from harness.judging.correlating import correlated
from harness.judging.score_table import ScoreTable
from harness.runs.designs import Design, by_size, one_by_one
from harness.runs.draws import live_parameters, stratified
from reports.entry import Entry

SIZES = (150, 600, 1500)
DESIGNS = ("random", "stratified")
BLUR = 4.0
"""Points of accuracy by which the strongest score is blurred, a class alike."""


class Space(NamedTuple):
    """Every cell with its class, accuracy and scores, and each class's live parameters."""

    cells: pd.DataFrame
    live: pd.Series
    names: tuple[str, ...]


class Coverage(NamedTuple):
    """How often intervals held the space's value, and what they and the values were like."""

    design: str
    n: int
    proxy: str
    truth: float
    mean: float
    covered: float
    length: float


def space(table: AccuracyTable) -> Space:
    """Return all cells on CIFAR-10 with three scores."""
    nats = benchmark("nats-tss")
    dataset = nats.dataset("cifar10")
    accuracy = table.accuracy(AccuracyName(dataset.name, dataset.split, 200, None))
    candidates = table.candidates.loc[accuracy.index]
    classes = candidates.map(nats.representative)
    live = live_parameters(classes, nats, dataset)
    first = accuracy.groupby(classes).transform("first")
    blur = pd.Series(np.random.default_rng(0).normal(0, BLUR, len(live)), live.index)
    cells = pd.DataFrame(
        {
            "class": classes,
            "accuracy": accuracy,
            "blurred": first + classes.map(blur),
            "live_params": classes.map(live),
            "n_conv3x3": candidates.map(nats.convolutions).astype(float),
        }
    )
    return Space(cells, live, ("blurred", "live_params", "n_conv3x3"))


def scores_of(whole: Space, chosen: list[int] | None, design: Design) -> ScoreTable:
    """Return the scores of some cells, of all where none are chosen."""
    cells = whole.cells if chosen is None else whole.cells.loc[sorted(chosen)]
    scores = cells[list(whole.names)]
    entries = {name: Entry(name, "trivial", "", "") for name in whole.names}
    status = pd.DataFrame("ok", scores.index, scores.columns)
    return ScoreTable(scores, status, cells["accuracy"], cells["class"], entries, design)


def drawn(whole: Space, design: str, n: int, draw: np.random.Generator) -> ScoreTable:
    """Draw cells as the command line does, from another seed."""
    classes = whole.cells["class"]
    if design == "random":
        chosen = draw.choice(classes.index.to_numpy(), size=n, replace=False).tolist()
        return scores_of(whole, chosen, Design("random", "", one_by_one(n, classes)))
    chosen = stratified(classes, whole.live, n, draw, draw.uniform())
    return scores_of(whole, chosen, Design("stratified", "", by_size(n, classes, whole.live)))


def coverage(
    whole: Space, design: str, n: int, draws: int, statistic: str = "kendall"
) -> Iterator[Coverage]:
    """Yield how often intervals of ``draws`` draws hold the space's value, for each score."""
    truth = correlated(scores_of(whole, None, Design("list", "")), statistic).values
    draw = np.random.default_rng(n)
    samples = [correlated(drawn(whole, design, n, draw), statistic) for _ in range(draws)]
    low, high = (np.stack(ends) for ends in zip(*(one.intervals() for one in samples), strict=True))
    held = ((low <= truth) & (truth <= high)).mean(0)
    mean = np.mean([one.values for one in samples], axis=0)
    for i, name in enumerate(whole.names):
        length = float((high - low)[:, i].mean())
        yield Coverage(design, n, name, float(truth[i]), float(mean[i]), float(held[i]), length)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--statistic", default="kendall", choices=("kendall", "spearman"))
    options = parser.parse_args()
    whole = space(TABLE.accuracies())
    sys.stdout.write("| design | N | score | all cells | mean of draws | covered | length |\n")
    sys.stdout.write("|:--|--:|:--|--:|--:|--:|--:|\n")
    for design in DESIGNS:
        for n in SIZES:
            for row in coverage(whole, design, n, options.draws, options.statistic):
                sys.stdout.write(
                    f"| {row.design} | {row.n} | {row.proxy} | {row.truth:.3f} | {row.mean:.3f} | "
                    f"{row.covered:.3f} | {row.length:.3f} |\n"
                )
                sys.stdout.flush()


if __name__ == "__main__":
    main()
