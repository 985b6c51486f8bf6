"""Kendall's tau of what only counts, on every family that comes with the project.

``python -m studies.families`` prints the table of ``docs/families.md``: a row a dataset or task.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

import harness
from benchmarks.catalogue import BENCHMARKS
from proxies.registry import find
from reports.numbers import decimal
from studies.whole_space import markdown

FAMILIES = ("nats-tss", "mini", "nas-bench-macro", "transnas-micro", "transnas-macro")


def columns() -> Iterator[tuple[str, pd.Series]]:
    """Yield tau of every trivial proxy, by dataset; the scores are the same on all of a family."""
    names = ",".join(proxy.name for proxy in find("all") if proxy.family == "trivial")
    for family in FAMILIES:
        images = "embedded" if family == "mini" else "noise"
        scores = harness.score(names, benchmark=family, images=images, cells="all")
        for dataset in BENCHMARKS[family].datasets:
            if not dataset.part_of:
                asked = {"benchmark": family, "images": images, "dataset": dataset.name}
                table = harness.judge(scores, **asked).set_index("proxy")
                yield f"{family} {dataset.name}", table["kendall"]


def table() -> str:
    """Return the table, the best mean over all datasets to the left."""
    wide = pd.DataFrame(dict(columns()))
    wide = wide.loc[wide.mean(axis=1).sort_values(ascending=False).index].T
    rows = [[str(name), *map(decimal, values)] for name, values in wide.iterrows()]
    return markdown(rows, ["", *map(str, wide.columns)])


if __name__ == "__main__":
    print(table())
