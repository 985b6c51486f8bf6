"""How good a benchmark the embedded one is: ``python -m benchmarks.mini.quality``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.mini.train import FULL, SHORT
from benchmarks.table import AccuracyTable

HERE = Path(__file__).parent


def quality(table: AccuracyTable, real: AccuracyTable | None) -> list[tuple[str, str, str]]:
    """Return (what, target, found) for every target, over all cells, accuracy on ``x-test``.

    Args:
        table: the embedded benchmark's accuracies.
        real: NAS-Bench-201's, for the correlation with CIFAR-10; left out where absent.
    """
    space = BENCHMARKS["mini"]
    dataset = space.datasets[0]
    final = AccuracyName(dataset.name, dataset.split, FULL.epochs, None)
    trials, mean = table.trials(final).accuracy, table.accuracy(final)
    half = trials.shape[1] // 2
    halves = [trials.iloc[:, :half].mean(axis=1), trials.iloc[:, half:].mean(axis=1)]
    seeds = [kendall(trials[a], trials[b]) for a in trials.columns for b in trials.columns if a < b]
    low, high = np.percentile(mean, [5, 95])
    short = table.accuracy(AccuracyName(dataset.name, dataset.split, SHORT.epochs, None))
    validation = table.accuracy(AccuracyName(dataset.name, "x-valid", FULL.epochs, None))
    candidates = table.candidates.loc[mean.index]
    costs = [(space.cost(a, dataset), space.live_cost(a, dataset)) for a in candidates]
    trivial = {
        "params": kendall(pd.Series([float(c.params) for c, _ in costs], mean.index), mean),
        "live_params": kendall(pd.Series([float(c.params) for _, c in costs], mean.index), mean),
    }
    best = max(trivial, key=lambda name: trivial[name])
    rows = [
        ("cells x training seeds", ">= 600 x 4", f"{trials.shape[0]} x {trials.shape[1]}"),
        (
            "Kendall between the means of two halves of the seeds",
            ">= .80",
            decimal(kendall(*halves)),
        ),
        ("Kendall between two single seeds, mean over pairs", "", decimal(float(np.mean(seeds)))),
        ("5-to-95-percentile of accuracy (%)", "", f"{low:.1f} to {high:.1f}"),
        ("5-to-95-percentile spread (points)", ">= 22", f"{high - low:.1f}"),
        (f"best trivial row, {best}", "<= .78", decimal(trivial[best])),
        ("Kendall between short and full training", "", decimal(kendall(short, mean))),
        ("Kendall between validation and test", "", decimal(kendall(validation, mean))),
    ]
    if real is not None:
        known = real.accuracy(AccuracyName("cifar10", "ori-test", 200, None))
        index = real.candidates.reset_index().set_index("arch")["index"]
        same = known.loc[index.loc[candidates.to_numpy()]].set_axis(mean.index)
        rows.append(
            (
                "Kendall with CIFAR-10, 200 epochs, of the same cells",
                ">= .65",
                decimal(kendall(same, mean)),
            )
        )
    return rows


def kendall(a: pd.Series, b: pd.Series) -> float:
    """Return Kendall's tau-b of two series with one index."""
    return float(kendalltau(a.to_numpy(), b.loc[a.index].to_numpy()).statistic)


def decimal(value: float) -> str:
    """Return a correlation to three decimals, without the leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1)


def main() -> None:
    """Print the targets and what was reached, as a Markdown table."""
    parser = argparse.ArgumentParser(description="Measure the embedded benchmark.")
    parser.add_argument("--table", type=Path, default=HERE / "accuracy.parquet")
    parser.add_argument("--real", type=Path, help="a NAS-Bench-201 table (Parquet)")
    options = parser.parse_args()
    real = AccuracyTable.read(options.real) if options.real else None
    rows = quality(AccuracyTable.read(options.table), real)
    lines = ["| measure | target | reached |", "|:--|:--|--:|"]
    lines += [f"| {what} | {target} | {found} |" for what, target, found in rows]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
