"""A sample of functional classes that speaks for all 15,625 cells.

``python studies/sample.py TABLE FILE`` writes the indices of the sampled classes' first
cells. Correlations over all cells are carried by few large classes: the 582 with four cells or more
hold 10,248 cells. Those are all taken. Of the other 4,678 classes every seventh or eighth is, in
order of their live parameters, and stands for its neighbours.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.catalogue import BENCHMARKS
from benchmarks.table import AccuracyTable

LARGE, SMALL = 4, 618
"""From this size on every class is taken; of the smaller ones this many."""


def classes_of(table: AccuracyTable) -> pd.DataFrame:
    """Return every functional class: its first cell's ``index``, ``arch``, and its ``size``."""
    cells = table.candidates.rename("arch").rename_axis("index").reset_index()
    cells["class"] = cells["arch"].map(BENCHMARKS["nats-tss"].representative)
    classes = cells.groupby("class").agg(index=("index", "first"), size=("index", "size"))
    return classes.reset_index().rename(columns={"class": "arch"})


def sample(table: AccuracyTable) -> pd.DataFrame:
    """Return one row a sampled class: ``index``, ``arch``, ``size``, ``stratum``, ``weight``.

    ``weight`` is the number of cells that the class stands for: its own where it was sure to be
    taken, its own over the probability of being taken else.
    """
    space = BENCHMARKS["nats-tss"]
    classes = classes_of(table)
    large = classes[classes["size"] >= LARGE].assign(stratum="large")
    small = classes[classes["size"] < LARGE].assign(stratum="small")
    dataset = space.dataset("cifar10")
    live = small["arch"].map(lambda arch: space.live_cost(arch, dataset).params)
    order = np.lexsort((np.random.default_rng(0).permutation(len(small)), live.to_numpy()))
    places = ((np.arange(SMALL) + 0.5) * len(small) / SMALL).astype(int)
    taken = small.iloc[order[places]]
    large["weight"] = large["size"].astype(float)
    taken = taken.assign(weight=taken["size"] * len(small) / SMALL)
    return pd.concat([large, taken]).sort_values("index", ignore_index=True)


if __name__ == "__main__":
    chosen = sample(AccuracyTable.read(Path(sys.argv[1])))
    Path(sys.argv[2]).write_text("\n".join(map(str, chosen["index"])) + "\n", encoding="utf-8")
    counts = chosen.groupby("stratum").agg(classes=("size", "size"), cells=("weight", "sum"))
    sys.stdout.write(counts.round().astype(int).to_string() + "\n")
    everything = classes_of(AccuracyTable.read(Path(sys.argv[1])))["size"]
    worth = everything.sum() ** 2 / (everything**2).sum()
    sys.stdout.write(f"all classes, weighted by size, are worth {worth:.0f} of equal size\n")
