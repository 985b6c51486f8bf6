"""Do our proxies rank as published? ``python studies/agreement.py TABLE RUN...``.

A RUN is a run folder on CIFAR-10 images over the cells of ``sample.py``; where several hold a
proxy, the last counts. Published:
Spearman over all 15,625 cells, absolute values, undefined scores left out, from Abdelfattah et al.,
Zero-Cost Proxies for Lightweight NAS, ICLR 2021, and their notebook.
"""

from __future__ import annotations

import sys
from pathlib import Path

from weighted import ACCURACIES, correlation, expand, markdown

from benchmarks.table import AccuracyTable

PUBLISHED = {
    "grad_norm": (0.594, 0.637, 0.578),
    "snip": (0.596, 0.637, 0.578),
    "grasp": (0.514, 0.547, 0.549),
    "fisher": (0.360, 0.385, 0.327),
    "synflow": (0.737, 0.763, 0.751),
    "jacob_cov": (0.731, 0.704, 0.701),
    "params": (0.751, 0.727, 0.690),
}


def main() -> None:
    """Print each correlation beside the published one, then those that nobody published."""
    table = AccuracyTable.read(Path(sys.argv[1]))
    cells = expand(table, {f"run{i}": Path(run) for i, run in enumerate(sys.argv[2:])})
    columns = {name.split()[1]: name for name in cells if name.startswith("run")}
    columns["params"] = "params"
    header = ["proxy"]
    for dataset in ACCURACIES:
        header += [dataset, "published", "difference"]
    rows = []
    for name, published in PUBLISHED.items():
        row = [name]
        for dataset, known in zip(ACCURACIES, published, strict=True):
            ours = correlation(cells, columns[name], dataset)
            inside = "" if ours.low <= known <= ours.high else " *"
            shown = f"{ours.value - known:+.3f}{inside}".replace("0.", ".").replace("-", "−")
            row += [str(ours), f"{known:.3f}".replace("0.", "."), shown]
        rows.append(row)
    sys.stdout.write(markdown(rows, header))
    sys.stdout.write("\n* the published value lies outside the 95 % interval.\n\n")
    found = {
        name: [correlation(cells, column, dataset) for dataset in ACCURACIES]
        for name, column in columns.items()
        if cells[column].nunique() > 1 and name not in ("flops", "n_conv3x3")
    }
    order = sorted(found, key=lambda name: -found[name][0].value)
    sys.stdout.write(markdown([[n, *map(str, found[n])] for n in order], ["proxy", *ACCURACIES]))


if __name__ == "__main__":
    main()
