"""Scores that were computed elsewhere: CSV files, and data frames of a notebook."""

from __future__ import annotations

from datetime import datetime
from io import StringIO
from pathlib import Path

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import text
from benchmarks.printable import REASON, printable, reason
from benchmarks.table import AccuracyTable
from harness.runs.plan import Plan


def read_scores(path: Path, cells: pd.DataFrame) -> pd.DataFrame:
    """Return a file's scores of a run's cells, in the columns of ``scores.parquet``.

    The file has a column ``score``, larger better, and one of ``index`` and ``arch``; its name
    without the suffix names the proxy. A cell that it lacks, or gives nothing or no finite number
    for, is undefined.

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
    numbers = _numbers(rows["score"])
    if (words := rows["score"].notna() & numbers.isna()).any():
        first = rows[words].iloc[0]
        raise BadInput(
            f"`{path}` should have numbers for scores, or nothing where there is none. The score "
            f"of {by} {printable(first[by])} is `{printable(first['score'])}`."
        )
    known = pd.Series(numbers.to_numpy(), rows[by].to_numpy())
    score = cells[by].map(known)
    score = score.where(score.abs() < float("inf"))
    if score.notna().sum() == 0:
        ours = rows[rows[by].isin(cells[by])]
        why = f"is `{by}` that of the benchmark?"
        if not ours.empty:
            why = f"the score of {by} {ours[by].iloc[0]} is `{printable(ours['score'].iloc[0])}`."
        raise BadInput(
            f"`{path}` should score cells of this run. None of its {len(rows)} rows does: {why}"
        )
    return cells.assign(
        proxy=path.stem,
        seed=0,
        score=score,
        status=score.isna().map({True: "undefined", False: "ok"}),
        reason=score.isna().map({True: f"{path.name} has no number for it", False: ""}),
    )


def of_frame(scores: pd.DataFrame, plan: Plan, table: AccuracyTable) -> pd.DataFrame:
    """Return a frame's scores in the columns of ``scores.parquet`` that judging reads.

    Args:
        scores: columns ``index``, ``proxy`` and ``score``, and others.
        plan: names benchmark and accuracy.
        table: holds the accuracies.

    Raises:
        BadInput: a column is missing or of another kind, a row is of no candidate of the benchmark
            or stands twice, or there is no row whose candidate has the accuracy.
    """
    ours = _checked(scores, table.candidates, plan.benchmark)
    cells = table.candidates.loc[table.accuracy(plan.accuracy).index].rename("arch").reset_index()
    whole = ours.drop(columns=["arch", "class"], errors="ignore").merge(cells, on="index")
    if whole.empty:
        raise BadInput(
            f"Scores should be of candidates whose accuracy is known ({plan.accuracy}). None is."
        )
    classes = {arch: plan.space.representative(arch) for arch in whole["arch"].unique()}
    defined = whole["score"].abs() < float("inf")
    known = {
        "class": whole["arch"].map(classes),
        "status": whole.get("status", defined.map({True: "ok", False: "undefined"})),
        "score": whole["score"].where(defined),
    }
    return whole.assign(**known)


def _checked(scores: pd.DataFrame, candidates: pd.Series, benchmark: str) -> pd.DataFrame:
    """Return a frame's scores with whole indices and seeds and scores as numbers, in its order."""
    if not isinstance(scores, pd.DataFrame):
        raise BadInput(f"Scores should be a data frame. Found {type(scores).__name__}.")
    columns = list(map(str, scores.columns))
    missing = [name for name in ("index", "proxy", "score") if name not in columns]
    if missing or len(set(columns)) < len(columns):
        raise BadInput(
            "Scores should have the columns index, proxy and score, each once. Found "
            f"{printable(', '.join(columns), REASON)}."
        )
    if scores.empty:
        raise BadInput("Scores should have a row a candidate and proxy. Found none.")
    if strange := [name for name in scores["proxy"] if not (isinstance(name, str) and name)]:
        raise BadInput(f"`proxy` should be a name. Found `{printable(strange[0])}`.")
    score, index = _numbers(scores["score"]), _numbers(scores["index"])
    if (wrong := score.isna() & scores["score"].notna()).any():
        raise BadInput(f"`score` should be a number, or missing. {_found(scores, wrong, 'score')}")
    seed = _numbers(scores["seed"]) if "seed" in scores else pd.Series(0.0, scores.index)
    if (wrong := seed % 1 != 0).any():  # as of what is missing or infinite too
        raise BadInput(f"`seed` should be a whole number. {_found(scores, wrong, 'seed')}")
    if (wrong := ~index.isin(candidates.index)).any():
        raise BadInput(
            f"Scores should be of candidates of {benchmark}, whose indices are 0 to "
            f"{candidates.index.max()}. Found `{printable(scores.loc[wrong, 'index'].iloc[0])}`: "
            "name the `benchmark` that they are of."
        )
    counted = {"index": index.astype("int64"), "seed": seed.astype("int64")}
    whole = scores.assign(score=score, **counted)
    if "arch" in whole and (wrong := whole["index"].map(candidates) != whole["arch"]).any():
        other = whole[wrong].iloc[0]
        raise BadInput(
            f"Scores should be of candidates of {benchmark}. Its index {other['index']} is another "
            f"than `{printable(other['arch'])}`: name the `benchmark` that they are of."
        )
    by = ["proxy", "index", "seed"]
    if (twice := whole.duplicated(by)).any():
        said = ", ".join(f"{name} {printable(whole.loc[twice, name].iloc[0])}" for name in by)
        raise BadInput(
            f"Scores should have one row for each of {', '.join(by)}. Two are of {said}."
        )
    return whole


def _found(scores: pd.DataFrame, wrong: pd.Series, column: str) -> str:
    """Return what the first of the wrong rows has in a column, in a sentence."""
    row = scores[wrong].iloc[0]
    return f"Found `{printable(row[column])}` of {printable(row['proxy'])}."


def _numbers(values: pd.Series) -> pd.Series:
    """Return what values say as numbers of any number of digits; NaN for what is no real number."""
    real = values.where(values.map(lambda value: not isinstance(value, complex | datetime)))
    return pd.to_numeric(real.map(str), errors="coerce").astype("float64")
