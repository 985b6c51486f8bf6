"""What tables of figures about candidates have in common: columns, their types, each value once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.printable import printable, reason


@dataclass(frozen=True)
class Schema:
    """The columns of a table with one figure a row.

    Attributes:
        table: what it is called, such as ``An accuracy table``.
        columns: all, in their order.
        integers: the type of each column of whole numbers.
        number: the column that holds the figure, kept in float64.
        text: the columns of text.
        named: the columns that together name a figure.
    """

    table: str
    columns: Sequence[str]
    integers: dict[str, str]
    number: str
    text: Sequence[str]
    named: Sequence[str]

    def checked(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return these columns of ``rows`` in their types, no number changed on the way.

        Raises:
            BadInput: a column is missing or of another type, a figure is there twice, or an index
                names two candidates.
        """
        missing = [name for name in self.columns if name not in rows.columns]
        if missing:
            raise BadInput(
                f"{self.table} should have the columns {', '.join(self.columns)}. Found "
                f"{', '.join(map(str, rows.columns)) or 'none'}: {', '.join(missing)} missing."
            )
        try:
            for name, kind in self.integers.items():
                rows = rows.assign(**{name: _exactly(rows[name], kind)})
            rows = rows[list(self.columns)].astype({self.number: "float64"})
            for name in self.text:
                _check_text(rows[name])
        except (ValueError, TypeError, OverflowError) as error:
            raise BadInput(
                f"{self.table} should hold whole numbers in {', '.join(self.integers)}, "
                f"numbers in {self.number} and text elsewhere. It does not: {reason(error)}."
            ) from error
        if rows.duplicated(list(self.named)).any():
            raise BadInput(
                f"{self.table} should hold each named {self.number} once. One is there twice."
            )
        if rows.drop_duplicates(["index", "arch"])["index"].duplicated().any():
            raise BadInput(f"{self.table} should name one candidate by an index. One names two.")
        return rows


def _check_text(column: pd.Series) -> None:
    for value in column.unique():
        if not isinstance(value, str):
            raise TypeError(f"`{column.name}` holds {printable(value)}")


def _exactly(column: Any, kind: str) -> Any:
    """Convert to an integer type, refusing what would change on the way."""
    whole = column.astype("Int64")
    converted = whole.astype(kind)
    if not (converted.astype("Int64") == whole).all():
        raise OverflowError(f"`{column.name}` holds a number that is too large")
    return converted
