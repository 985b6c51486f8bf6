"""Scores that were computed elsewhere, read from CSV files."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import text
from benchmarks.printable import REASON, printable, reason


def read_scores(path: Path, cells: pd.DataFrame) -> pd.DataFrame:
    """Return a file's scores of a run's cells, in the columns of ``scores.parquet``.

    The file has a column ``score``, larger better, and one of ``index`` and ``arch``; its name
    without the suffix names the proxy. A cell that it lacks, or gives no finite number for, is
    undefined.

    Args:
        path: the CSV file.
        cells: the run's cells, columns ``index, arch, class``.

    Raises:
        BadInput: the file is not such a table, or holds no score of these cells.
    """
    try:
        rows = pd.read_csv(StringIO(text(path)))
    except (OSError, ValueError, OverflowError) as error:
        raise BadInput(
            f"`--scores` should name a CSV file. `{path}` cannot be read: {reason(error)}."
        ) from error
    by = next((name for name in ("index", "arch") if name in rows), None)
    if by is None or "score" not in rows:
        raise BadInput(
            f"`{path}` should have a column `score` and one of `index` and `arch`. It has "
            f"{printable(', '.join(map(str, rows.columns)), REASON)}."
        )
    if rows[by].duplicated().any():
        twice = rows.loc[rows[by].duplicated(), by].iloc[0]
        raise BadInput(
            f"`{path}` should have one row a cell. It has two for {by} {printable(twice)}."
        )
    values = pd.to_numeric(rows["score"].map(str), errors="coerce")  # of any number of digits
    known = pd.Series(values.to_numpy(), rows[by].to_numpy())
    score = cells[by].map(known).astype("float64")
    score = score.where(score.abs() < float("inf"))
    if score.notna().sum() == 0:
        raise BadInput(
            f"`{path}` should score cells of this run. None of its {len(rows)} rows does: is "
            f"`{by}` that of the benchmark?"
        )
    return cells.assign(
        proxy=path.stem,
        seed=0,
        score=score,
        status=score.isna().map({True: "undefined", False: "ok"}),
        reason=score.isna().map({True: f"{path.name} has no number for it", False: ""}),
    )
