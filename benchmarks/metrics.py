"""What a candidate costs: named metrics with units, one schema, one lookup, no defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from benchmarks.costs import METRICS, MetricName, not_stored
from benchmarks.errors import BadInput, suggestion
from benchmarks.schemas import Schema

COLUMNS = ("index", "arch", "dataset", "metric", "epochs", "seed", "value")
"""``epochs`` is null for what does not depend on training, ``seed`` for what is a mean."""

_COLUMNS = Schema(
    table="A table of costs",
    columns=COLUMNS,
    integers={"index": "int32", "epochs": "Int16", "seed": "Int16"},
    number="value",
    text=("arch", "dataset", "metric"),
    named=("index", "dataset", "metric", "epochs", "seed"),
)


@dataclass(frozen=True)
class MetricTable:
    """Stored costs of a benchmark's candidates, in the columns of :data:`COLUMNS`."""

    rows: pd.DataFrame

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[object, ...]] | pd.DataFrame) -> MetricTable:
        """Build a table from rows in the order of :data:`COLUMNS`.

        Raises:
            BadInput: a column is of another type, a metric is unknown, a value is no number from 0
                on, one is there twice, or an index names two candidates.
        """
        frame = _COLUMNS.checked(pd.DataFrame(rows, columns=list(COLUMNS)))
        for name in set(frame["metric"]) - set(METRICS):
            raise BadInput(
                f"A metric should be one of {', '.join(METRICS)}. Found `{name}`."
                f"{suggestion(str(name), METRICS)}"
            )
        wrong = frame[~frame["value"].between(0, float("inf"), inclusive="left")]
        if not wrong.empty:
            first = wrong.iloc[0]
            raise BadInput(
                f"A cost should be a number of at least 0. Found {first['value']} for "
                f"{first['metric']} of index {first['index']}."
            )
        return cls(frame)

    def names(self) -> pd.DataFrame:
        """Return what there is: one row a (metric, dataset, epochs), with its candidates ``n``."""
        named = self.rows.groupby(["metric", "dataset", "epochs"], dropna=False, observed=True)
        return named["index"].nunique().reset_index(name="n")

    def known(self) -> list[MetricName]:
        """Return the names that there are."""
        here = self.names()
        each = zip(here["metric"], here["dataset"], here["epochs"], strict=True)
        return [MetricName(str(m), str(d), None if pd.isna(e) else int(e)) for m, d, e in each]

    def values(self, name: MetricName) -> pd.Series:
        """Return one cost by candidate index, the mean over seeds; what is not known is not there.

        Raises:
            BadInput: there is no such cost; the message lists the names that exist.
        """
        rows = self.rows
        trained = rows["epochs"].isna() if name.epochs is None else rows["epochs"] == name.epochs
        there = (rows["metric"] == name.metric) & (rows["dataset"] == name.dataset)
        measured = rows[there & trained.fillna(False).astype(bool)]
        if measured.empty:
            raise not_stored(name, self.known())
        return measured.groupby("index")["value"].mean()
