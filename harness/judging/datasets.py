"""The datasets of a space: like trainings on each, and one number over several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from benchmarks.accuracy_names import AccuracyName
from benchmarks.space import Benchmark, Dataset
from harness.judging.correlating import STATISTICS, correlated
from harness.judging.judge import ranked
from harness.judging.score_table import ScoreTable
from harness.judging.uncertainty import Sample
from reports.rows import Correlation


def mean_over_datasets(
    tables: Mapping[str, ScoreTable], name: AccuracyName, scored_on: str
) -> list[Correlation]:
    """Return the mean over datasets of every correlation over all cells, with places.

    The same cells are drawn for all datasets, so that what a draw contributes to the mean is the
    mean of what it contributes to each. Datasets that lack some of the cells are left out.

    Args:
        tables: of each dataset, the first the run's own.
        name: of the run's accuracy; its dataset is replaced by ``mean of ...``.
        scored_on: what the scores were computed on.
    """
    first = next(iter(tables.values()))
    alike = {
        n: scores for n, scores in tables.items() if scores.scores.index.equals(first.scores.index)
    }
    if len(alike) < 2:
        return []
    named = replace(name, dataset=f"mean of {', '.join(alike)}")
    rows: list[Correlation] = []
    for statistic in STATISTICS:
        samples = [correlated(scores, statistic) for scores in alike.values()]
        values = np.mean([scores.values for scores in samples], axis=0)
        sample = Sample(values, np.mean([scores.contributions for scores in samples], axis=0))
        rows += ranked(first, named, scored_on, statistic, sample)
    return rows


def like_trainings(
    space: Benchmark, judged: AccuracyName
) -> Iterator[tuple[Dataset, AccuracyName]]:
    """Yield the other datasets of a space, each with the accuracy of a like training on it.

    That is one as long, or of that dataset's own full length where the judged one is full.
    """
    full = judged.epochs == space.epochs(space.dataset(judged.dataset))
    for dataset in space.datasets:
        epochs = space.epochs(dataset) if full else judged.epochs
        if dataset.name != judged.dataset:
            yield dataset, AccuracyName(dataset.name, dataset.split, epochs, judged.seed)
