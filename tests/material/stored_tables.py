"""Tables that come with the project beside what they were made of."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from benchmarks.stored import Stored, StoredColumn


def to_the_last_bit(table: Stored, built: Iterable[tuple[StoredColumn, pd.Series]]) -> None:
    """Check that a table holds these columns and no others, every figure as it is there."""
    stored = table.read()
    fields = {field.name: field for field in stored.schema if field.metadata}
    names = []
    for column, values in built:
        names.append(column.name)
        assert StoredColumn.of(fields[column.name]) == column
        found = pd.Series(stored.column(column.name).to_numpy())
        wanted = values.reindex(range(stored.num_rows)).to_numpy()
        assert ((found == wanted) | (found.isna() & pd.isna(wanted))).all()
    assert names == list(fields)


ROW: dict[str, list] = {
    "index": [0],
    "arch": ["a"],
    "dataset": ["d"],
    "split": ["s"],
    "epochs": [1],
    "seed": [1],
    "accuracy": [50.0],
}
"""A table of accuracies of one row, by column."""
