"""How far chance takes a score that is drawn a functional class: ``python -m studies.chance``.

Prints for each space Kendall's tau of ``DRAWS`` such scores with the accuracy of all candidates:
the mean, and the standard deviation, which is large where few classes have most candidates.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
from scipy.stats import kendalltau

from harness.options.run_settings import plan_from
from harness.runs.candidates import chosen_cells
from harness.scoring.flow import truth
from studies.standings import FAMILIES
from studies.whole_space import markdown

DRAWS = 60


def taus(space: str) -> np.ndarray:
    """Return the tau of each draw, on the space's first dataset."""
    plan = plan_from({"benchmark": space, "images": "noise"})
    table = truth(plan, 1)
    cells = chosen_cells(plan, table)
    accuracy = table.accuracy(plan.accuracy).loc[cells["index"]].to_numpy()
    classes = pd.factorize(cells["class"])[0]
    rng = np.random.default_rng(0)
    draws = (rng.random(classes.max() + 1)[classes] for _ in range(DRAWS))
    return np.array([kendalltau(drawn, accuracy).statistic for drawn in draws])


def main() -> None:
    """Print a row a space."""
    rows = [
        [label, f"{(found := taus(space)).mean():.2f}", f"{found.std():.2f}"]
        for space, label in FAMILIES.items()
    ]
    sys.stdout.write(markdown(rows, ["space", "mean τ-b", "standard deviation"]))


if __name__ == "__main__":
    main()
