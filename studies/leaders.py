"""What tells leading scores apart over all cells, where nothing was sampled.

``python -m studies.leaders`` prints the table of ``docs/agreement.md``: Kendall's tau of each
leader, by how much it exceeds the next, and the two errors that this has, of initial weights and of
training. Each is the deviation of the difference over tables that differ in that alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.nasbench201.builtin import TABLE
from harness.judging.noise import ceilings_of
from harness.judging.ranks import kendall
from harness.judging.uncertainty import Z
from studies.redrawn import TABLES, column_of, scale_of, tables
from studies.whole_space import ACCURACIES, cells, markdown, number

LEADERS = 12


class Lead(NamedTuple):
    """By how much a score's tau exceeds another's, and the standard errors of that."""

    value: float
    of_weights: float
    of_training: float

    @property
    def error(self) -> float:
        """Of both, which have nothing to do with each other."""
        return float(np.hypot(self.of_weights, self.of_training))

    @property
    def certain(self) -> bool:
        """Whether the 95 % interval leaves out 0."""
        return abs(self.value) > Z * self.error

    def __str__(self) -> str:
        value = round(self.value, 3) + 0.0  # no minus before 0
        text = f"{'' if value < 0 else '+'}{number(value)} ± {number(self.error)}"
        return text if self.certain else f"{text} ="


def tau(table: pd.DataFrame, proxy: str, dataset: str) -> float:
    """Return tau over all cells; what has no score ranks below all others, as in the atlas."""
    scores = table[column_of(proxy)]
    return kendall(scores.fillna(scores.min() - 1).to_numpy(float), table[dataset].to_numpy()).value


def retrained(
    accuracy: pd.Series, trials: pd.DataFrame, draw: np.random.Generator
) -> pd.Series[float]:
    """Return accuracies with the noise of another mean over as many trainings added.

    The noise is a mean of a cell's own deviations, drawn with replacement and scaled by
    sqrt(k / (k - 1)), as they are deviations from their mean. A cell that was trained once has
    those of the cell of nearest accuracy that was trained more often.

    Args:
        accuracy: by index.
        trials: of single trainings (cells x seeds), of this accuracy or one alike.
        draw: what is drawn from.
    """
    values = trials.reindex(accuracy.index).to_numpy(float)
    values = np.take_along_axis(values, np.argsort(np.isnan(values), axis=1, kind="stable"), 1)
    count = np.isfinite(values).sum(axis=1)
    several = np.flatnonzero(count >= 2)
    ordered = several[np.argsort(accuracy.to_numpy()[several], kind="stable")]
    nearest = np.searchsorted(accuracy.to_numpy()[ordered], accuracy.to_numpy())
    source = np.where(
        count >= 2, np.arange(len(count)), ordered[nearest.clip(max=len(ordered) - 1)]
    )
    k = count[source][:, None]
    deviations = (values[source] - np.nanmean(values[source], axis=1)[:, None]) * (
        k / (k - 1)
    ) ** 0.5
    drawn = (draw.random(values.shape) * k).astype(int)
    used = np.arange(values.shape[1]) < np.maximum(count, 1)[:, None]
    noise = (np.take_along_axis(deviations, drawn, 1) * used).sum(axis=1) / used.sum(axis=1)
    return accuracy + noise


def trained_again(population: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield :data:`TABLES` tables whose accuracies have the noise of another training added."""
    draw, table = np.random.default_rng(0), TABLE.accuracies()
    own = population.set_index("index")
    for _ in range(TABLES):
        changed = population.copy()
        for dataset, split in ACCURACIES.items():
            trials = table.trials(AccuracyName(dataset, split, 200, None)).accuracy
            changed[dataset] = retrained(own[dataset], trials, draw).to_numpy()
        yield changed


def leads(
    population: pd.DataFrame, names: list[str], tables_of_weights: Iterator[pd.DataFrame]
) -> dict[tuple[str, str], Lead]:
    """Return by how much each score exceeds the next on each dataset."""
    pairs = [(a, b, dataset) for a, b in pairwise(names) for dataset in ACCURACIES]

    def differences(many: Iterator[pd.DataFrame]) -> list[list[float]]:
        made = []
        for table in many:
            known = {
                (name, dataset): tau(table, name, dataset)
                for name in names
                for dataset in ACCURACIES
            }
            made.append([known[a, dataset] - known[b, dataset] for a, b, dataset in pairs])
        return made

    values = differences(iter([population]))[0]
    of_weights = np.std(differences(tables_of_weights), axis=0)
    of_training = np.std(differences(trained_again(population)), axis=0)
    scale = {name: scale_of(population, name) for name in names}
    return {
        (a, dataset): Lead(values[i], of_weights[i] * max(scale[a], scale[b]), of_training[i])
        for i, (a, b, dataset) in enumerate(pairs)
    }


def leading(population: pd.DataFrame) -> list[str]:
    """Return the scores of largest mean tau over the datasets, whose error of weights is known."""
    columns = [name for name in population if name.startswith("cifar10 ") and "@" not in name]
    names = [name.removeprefix("cifar10 ") for name in columns if population[name].nunique() > 1]
    names = [name for name in names if scale_of(population, name) >= 0]
    mean = {name: np.mean([tau(population, name, d) for d in ACCURACIES]) for name in names}
    return sorted(mean, key=lambda name: -mean[name])[:LEADERS]


def main() -> None:
    """Print the table, and what the accuracies themselves would reach."""
    population = cells("cifar10")
    names = leading(population)
    ahead = leads(population, names, tables(population))
    rows = []
    for name in names:
        line = [name]
        for dataset in ACCURACIES:
            lead = ahead.get((name, dataset))
            line += [number(tau(population, name, dataset)), "" if lead is None else str(lead)]
        rows.append(line)
    head = ["score", *(part for d in ACCURACIES for part in (f"{d} τ-b", "over the next"))]
    sys.stdout.write(markdown(rows, head))
    for part in ("of_weights", "of_training"):
        errors = [getattr(lead, part) for lead in ahead.values()]
        sys.stdout.write(f"\nErrors {part.replace('_', ' ')}: {number(np.nanmin(errors), 4)} to ")
        sys.stdout.write(
            f"{number(np.nanmax(errors), 4)}, median {number(np.nanmedian(errors), 4)}."
        )
    table, space = TABLE.accuracies(), BENCHMARKS["nats-tss"]
    sys.stdout.write("\n\nTau of the accuracy that training without noise would reach:\n")
    for dataset, split in ACCURACIES.items():
        name = AccuracyName(dataset, split, 200, None)
        for ceiling in ceilings_of(table, name, space, population[["index"]]):
            if (ceiling.statistic, ceiling.cells) == ("kendall", "all"):
                sys.stdout.write(f"\n- {dataset}: {number(ceiling.value)} ({ceiling.source})")
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
