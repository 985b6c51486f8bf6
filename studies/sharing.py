"""What each supernet of a run ranks: Kendall's tau by seed, and its children's mean accuracy.

``python -m studies.sharing RUN`` prints the table of ``docs/sharing.md``, of a run folder that
``harness run --oneshot`` has left.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness.judging.correlating import STATISTICS
from harness.judging.correlating import scores as ranking_worst
from harness.judging.run_scores import RunScores
from harness.oneshot.samplers.predictors import PREDICTORS
from harness.runs.run_folder import RunFolder
from reports.markup import pipes
from reports.numbers import decimal
from studies import arguments


def table(run: Path) -> str:
    """Return a row a predictor: tau of each supernet, in brackets its children's mean accuracy."""
    scores, judged = RunFolder(run).read_scores(), RunScores.read(run)
    accuracy = judged.table.accuracy(judged.plan.accuracy)
    rows = []
    for name in filter(set(scores["proxy"]).__contains__, PREDICTORS):
        wide = scores[scores["proxy"] == name].pivot(index="index", columns="seed", values="score")
        known = accuracy.reindex(wide.index).to_numpy(float)
        rows.append([name, *(_told(wide[seed], known) for seed in wide)])
    seeds = [f"supernet {seed}" for seed in range(len(rows[0]) - 1)]
    return "\n".join(pipes(["predictor", *seeds], rows))


def _told(column: pd.Series, accuracy: object) -> str:
    tau = STATISTICS["kendall"](ranking_worst(column, False)[0], accuracy, None).value
    return f"{decimal(tau)} ({column.mean():.0f} %)"


if __name__ == "__main__":
    print(table(Path(*arguments(__doc__, "RUN"))))
