"""How much of a score is the seed? ``python -m studies.initialisation RUN``.

RUN is a run folder with several seeds a class.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy_names import AccuracyName
from benchmarks.nasbench201.builtin import TABLE
from harness.judging.ranks import kendall
from harness.judging.seeds import share_of_seed
from proxies import load_all
from studies import arguments
from studies.whole_space import markdown


def averaged(scores: np.ndarray, accuracy: np.ndarray, k: int) -> tuple[float, float]:
    """Return mean and standard deviation of Kendall over disjoint averages of k seeds."""
    groups = [scores[:, i : i + k].mean(axis=1) for i in range(0, scores.shape[1] - k + 1, k)]
    taus = [kendall(group, accuracy).value for group in groups]
    return float(np.mean(taus)), float(np.std(taus, ddof=1)) if len(taus) > 1 else float("nan")


def main() -> None:
    """Print a row a proxy, the steadiest first."""
    (run,) = arguments(__doc__, "RUN")
    accuracy = TABLE.accuracies().accuracy(AccuracyName("cifar10", "ori-test", 200, None))
    scores = pd.read_parquet(Path(run) / "scores.parquet")
    counts = [1, 2, 4, 8]
    rows = []
    for name, group in scores.groupby("proxy"):
        wide = group.pivot(index="index", columns="seed", values="score").dropna()
        values = wide.to_numpy() * (1 if load_all()[name].larger_is_better else -1)
        if np.ptp(values, axis=1).max() == 0:
            continue  # nothing is drawn
        known = accuracy.loc[wide.index].to_numpy()
        taus = [averaged(values, known, k) for k in counts]
        cells = [f"{mean:.3f}" + (f" ± {sd:.3f}" if sd == sd else "") for mean, sd in taus]
        rows.append((share_of_seed(values), [name, *cells]))
    header = ["proxy", "seed's share", *(f"τ-b, {k} seed{'s' * (k > 1)}" for k in counts)]
    body = [[row[0], f"{100 * share:.1f} %", *row[1:]] for share, row in sorted(rows)]
    sys.stdout.write(markdown(body, header).replace(" -", " −"))


if __name__ == "__main__":
    main()
