"""Searches on NAS-Bench-201 beside published ones, in the two conventions that must not mix.

``python -m studies.search run FOLDER`` runs what is missing into ``FOLDER`` (``--seeds N``);
``python -m studies.search oneshot FOLDER`` runs NASI on its one-shot network (``--seeds N``,
``--images`` as ``harness run`` takes them): some minutes of processor time a seed. ``python -m
studies.search show FOLDER`` prints the tables of ``docs/searches.md`` that these are for, all or
one of ``transferred`` (which needs both), ``rules``, ``oneshot``, ``each`` and ``replayed``.
*NAS-Bench-201* searches on CIFAR-10 for 12,000 s and judges the cell on all three datasets;
*NATS-Bench* searches each dataset for itself.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import BENCHMARKS
from benchmarks.nasbench201 import builtin
from harness.cli import main
from harness.searching.report import searches
from reports.numbers import decimal
from reports.search_tables import spread, standings
from reports.searches import Searches
from studies import arguments
from studies.whole_space import ACCURACIES, markdown

BUDGETS = {"cifar10": "20000s", "cifar100": "40000s", "ImageNet16-120": "120000s"}
"""Of NATS-Bench's topology space."""

ROWS = (
    "random,local_search,regularized_evolution,regularized_evolution:node_first=true,reinforce,"
    "hyperband,bohb,bohb:longest=12"
)

PROXIES = ("params", "flops", "naswot", "synflow", "meco", "zico", "nasi", "accuracy")

ONE_SHOT = "nasi:steps=40"
"""With the settings of the run of the authors' code of which the steps were published."""

RULES = {
    "regularized_evolution:{}": "evolution started",
    "guided_evolution:{}": "evolution guided",
    "best_of:{}:n=10": "best of 10",
    "best_of:{}:n=100": "of 100",
    "best_of:{}:n=1000": "of 1,000",
    "best_of:{}:n=0": "of all",
    "nasi_exact:{}": "nasi_exact",
    "nasi_sampled:{}": "nasi_sampled",
}
"""Searchers that take a proxy, and what their columns are called."""

BY_PROXY = ",".join(rule.format(proxy) for proxy in PROXIES for rule in RULES)

PUBLISHED = {
    "NAS-Bench-201": {
        "random": ("93.70 ± .36", "71.04 ± 1.07", "44.57 ± 1.25"),
        "regularized_evolution": ("93.92 ± .30", "71.84 ± .99", "45.54 ± 1.03"),
        "bohb": ("93.61 ± .52", "70.85 ± 1.28", "44.42 ± 1.49"),
        "best_of:naswot:n=10": ("92.44 ± 1.13", "68.62 ± 2.04", "41.31 ± 4.11"),
        "best_of:naswot:n=100": ("92.81 ± .99", "69.48 ± 1.70", "43.10 ± 3.16"),
        "best_of:naswot:n=1000": ("92.96 ± .81", "69.98 ± 1.22", "44.44 ± 2.10"),
        "nasi (T)": ("93.08 ± .24", "69.51 ± .59", "40.87 ± .85"),
        "nasi (4T)": ("93.55 ± .10", "71.20 ± .14", "44.84 ± 1.41"),
    },
    "each dataset": {
        "reinforce": ("93.85 ± .37", "70.17 ± 1.61", "43.16 ± 2.28"),
        "GDAS": ("93.23 ± .23", "24.20 ± 8.08", "41.02"),
        "SNAS": ("92.77 ± .83", "69.34 ± 1.98", "43.16 ± 2.64"),
        "DARTS": ("54.30", "38.97", "18.41"),
    },
}
"""Mean and deviation of the test accuracy, as printed in the papers."""

REPLAYED = {
    "DARTS, first order": {
        "cifar10": ("|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|"
                    "skip_connect~1|skip_connect~2|",) * 3,
        "cifar100": (
            "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|nor_conv_1x1~1|none~2|",
            "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|nor_conv_1x1~1|none~2|",
            "|skip_connect~0|+|skip_connect~0|none~1|+|skip_connect~0|nor_conv_1x1~1|"
            "nor_conv_3x3~2|",
        ),
        "ImageNet16-120": (
            "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
            "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
            "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|none~1|nor_conv_1x1~2|",
        ),
    },
    "DARTS, second order": {
        "cifar10": ("|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|"
                    "skip_connect~1|skip_connect~2|",) * 3,
        "cifar100": (
            "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|nor_conv_1x1~1|skip_connect~2|",
            "|skip_connect~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|none~1|none~2|",
            "|skip_connect~0|+|nor_conv_1x1~0|none~1|+|nor_conv_3x3~0|skip_connect~1|none~2|",
        ),
        "ImageNet16-120": (
            "|none~0|+|skip_connect~0|none~1|+|skip_connect~0|none~1|skip_connect~2|",
        ),
    },
    "GDAS": {
        "cifar10": (
            "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|nor_conv_1x1~0|nor_conv_3x3~1|"
            "nor_conv_3x3~2|",
            "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|nor_conv_3x3~0|nor_conv_3x3~1|"
            "nor_conv_3x3~2|",
            "|avg_pool_3x3~0|+|nor_conv_3x3~0|skip_connect~1|+|nor_conv_3x3~0|nor_conv_1x1~1|"
            "nor_conv_1x1~2|",
        ),
        "cifar100": (
            "|nor_conv_3x3~0|+|nor_conv_1x1~0|none~1|+|avg_pool_3x3~0|nor_conv_3x3~1|"
            "nor_conv_3x3~2|",
            "|avg_pool_3x3~0|+|nor_conv_1x1~0|none~1|+|nor_conv_3x3~0|avg_pool_3x3~1|"
            "nor_conv_1x1~2|",
            "|avg_pool_3x3~0|+|nor_conv_3x3~0|none~1|+|nor_conv_3x3~0|nor_conv_1x1~1|"
            "nor_conv_1x1~2|",
        ),
        "ImageNet16-120": (
            "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|",
        ) * 3,
    },
}  # fmt: skip
"""Cells that were found with three seeds on each dataset, one where only one is printed.

Source: docs/NATS-Bench.md of D-X-Y/AutoDL-Projects, commit 95e3044 (it was removed later).
"""


def run(folder: Path, seeds: str) -> int:
    """Run both conventions, and every proxy in the first; what is there stays."""
    words = ["search", "--benchmark", "nats-tss", "--seeds", seeds]
    out = str(folder / "nasbench201")
    first = ["--dataset", "cifar10", "--budget", "12000s", "--out", out]
    code = main([*words, *first, "--scores", "atlas", "--searchers", f"{ROWS},{BY_PROXY}"])
    for dataset, budget in BUDGETS.items():
        out = ["--dataset", dataset, "--budget", budget, "--out", str(folder / dataset)]
        code = code or main([*words, *out, "--searchers", ROWS])
    return code


def one_shot(folder: Path, seeds: str, images: str) -> int:
    """Run NASI on the one-shot network of CIFAR-10."""
    words = ["search", "--benchmark", "nats-tss", "--seeds", seeds, "--dataset", "cifar10"]
    out = str(folder / "oneshot")
    more = ["--budget", "12000s", "--images", images, "--out", out]
    return main([*words, *more, "--searchers", ONE_SHOT, "--workers", "1"])


def show(folder: Path, part: str = "") -> str:
    """Return the tables, or one of them."""
    made = {
        "transferred": lambda: _transferred(
            *(searches(folder / name) for name in ("nasbench201", "oneshot"))
        ),
        "rules": lambda: _rules(searches(folder / "nasbench201")),
        "oneshot": lambda: _one_shot(searches(folder / "oneshot")),
        "each": lambda: _each({name: searches(folder / name) for name in BUDGETS}),
        "replayed": replayed,
    }
    return "\n\n".join(made[name]() for name in ([part] if part else made))


def _rules(searches: Searches) -> str:
    """Return the accuracy on CIFAR-10 of every rule by every score."""
    table = {row.searcher: row for row in standings(searches)}
    rows = [[proxy, *(spread(table[rule.format(proxy)]) for rule in RULES)] for proxy in PROXIES]
    return markdown(rows, ["score", *RULES.values()])


def _one_shot(searches: Searches) -> str:
    """Return what each seed of NASI on its one-shot network chose, and their mean."""
    (means,) = (row for row in standings(searches) if row.searcher == ONE_SHOT)
    named = _accuracies()
    rows = [
        [str(one["seed"]), str(one["arch"]).replace("|", " ").strip()]
        + [decimal(values.loc[one["index"]], 2) for values in named.values()]
        for one in searches.finals.to_dict("records")
        if one["searcher"] == ONE_SHOT
    ]
    rows.append(["mean", "", *(spread(means, name) for name in ACCURACIES)])
    return markdown(rows, ["seed", "cell", *ACCURACIES])


def _each(searches: dict[str, Searches]) -> str:
    """Return ours of each dataset beside what was published, a row a searcher."""
    each = {n: {row.searcher: row for row in standings(one)} for n, one in searches.items()}
    left, rows = dict(PUBLISHED["each dataset"]), []
    for name in each["cifar10"]:
        ours = [spread(table[name]) for table in each.values()]
        rows.append([name, *ours, *left.pop(name, ("", "", ""))])
    rows += [[name, "", "", "", *values] for name, values in left.items()]
    return markdown(rows, ["searcher", *each, *(f"{name} published" for name in each)])


def _transferred(searches: Searches, oneshot: Searches) -> str:
    """Return ours beside what was published, a row a searcher that needs no score or has one."""
    computed = [row for row in standings(oneshot) if row.searcher == ONE_SHOT]
    every = [*standings(searches), *computed]
    table = sorted(every, key=lambda row: -np.nan_to_num(row.main.value))
    rows = []
    published = dict(PUBLISHED["NAS-Bench-201"])
    ours = (*ROWS.split(","), ONE_SHOT)
    for row in table:
        if row.searcher in published or row.searcher in ours:
            made = [spread(row, name) for name in ACCURACIES]
            rows.append([row.searcher, *made, *published.pop(row.searcher, ("", "", ""))])
    rows += [[name, "", "", "", *values] for name, values in published.items()]
    printed = [f"{name} published" for name in ACCURACIES]
    return markdown(rows, ["searcher", *ACCURACIES, *printed])


def replayed() -> str:
    """Return what the table gives to cells that others found."""
    index = {arch: i for i, arch in builtin.TABLE.accuracies().candidates.items()}
    named = _accuracies()
    rows = []
    for method, by_dataset in REPLAYED.items():
        means = []
        for dataset, cells in by_dataset.items():
            for cell in cells:
                BENCHMARKS["nats-tss"].representative(cell)
            values = named[dataset].loc[[index[cell] for cell in cells]]
            means.append(", ".join(decimal(value, 2) for value in values))
        rows.append([method, *means])
    return markdown(rows, ["cells of", *named])


def _accuracies() -> dict[str, pd.Series]:
    """Return the accuracy that a search is judged by on each dataset, by index."""
    table = builtin.TABLE.accuracies()
    return {
        dataset: table.accuracy(AccuracyName(dataset, split, 200, None))
        for dataset, split in ACCURACIES.items()
    }


if __name__ == "__main__":
    command, where, *rest = arguments(__doc__, "{run,oneshot,show}", "FOLDER", "WORDS...")
    if command == "show":
        print(show(Path(where), *rest))
    else:
        given = dict(zip(rest[::2], rest[1::2], strict=True))
        seeds = given.get("--seeds", "200")
        if command == "run":
            sys.exit(run(Path(where), seeds))
        sys.exit(one_shot(Path(where), seeds, given.get("--images", "cifar10")))
