"""What can be told of the noise of training that a run's accuracies hold."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.space import Benchmark
from benchmarks.table import AccuracyTable
from harness.judging.ceiling import SCALES, from_classes, from_seeds
from harness.judging.top import ceiling_of_top
from reports.rows import Ceiling


def ceilings_of(
    table: AccuracyTable, name: AccuracyName, space: Benchmark, cells: pd.DataFrame
) -> Iterator[Ceiling]:
    """Yield what can be told of an accuracy's noise: from the run's cells if they do, else all."""
    accuracy = table.accuracy(name)
    trials, source = table.trials(name)
    classes = table.candidates.loc[accuracy.index].map(space.representative)
    run = accuracy.index.isin(cells["index"])
    for statistic in SCALES:
        for some in (run, np.ones(len(run), dtype=bool)):
            known = trials[trials.index.isin(accuracy.index[some])]
            averaged = 1 if name.seed is not None else known.notna().sum(axis=1).mean()
            ceiling = from_seeds(known, name.dataset, statistic, averaged, source) or from_classes(
                accuracy[some], classes[some], name.dataset, statistic
            )
            if ceiling:
                whole = "" if some is run else f", all {len(run)} cells of the table"
                yield ceiling._replace(source=ceiling.source + whole)
                break
    judged = accuracy.index[run]
    if best := ceiling_of_top(accuracy, trials, classes, judged, name.dataset):
        yield best
