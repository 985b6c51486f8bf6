"""What a trained network is judged by: named measures with units, of which larger is better."""

from __future__ import annotations

import math
from typing import NamedTuple

import pandas as pd

from benchmarks.errors import BadInput, suggestion


class Measure(NamedTuple):
    """A measure by name: its unit (empty if it has none), its range, and what it is of.

    Larger is better in all, as smaller is in :mod:`benchmarks.metrics`: a loss is stored with its
    sign turned.
    """

    name: str
    unit: str
    least: float
    most: float
    meaning: str

    @property
    def label(self) -> str:
        """Name and unit, as an axis has them."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def range(self) -> str:
        """What a value may be, in words."""
        if math.isinf(self.least):
            return f"a number of at most {self.most:g}"
        percentage = "a percentage, " if self.unit == "%" else ""
        return f"{percentage}{self.least:g} to {self.most:g}"


ACCURACY = Measure("accuracy", "%", 0, 100, "share of images whose likeliest class is the true one")

MEASURES = {
    measure.name: measure
    for measure in (
        ACCURACY,
        Measure("best-epoch accuracy", "%", 0, 100, "accuracy at the epoch where it is highest"),
        Measure("pixel accuracy", "%", 0, 100, "share of pixels whose likeliest class is the true"),
        Measure("SSIM", "", -1, 1, "structural similarity of images put out and wanted"),
        Measure("negative loss", "", -math.inf, 0, "the loss of validation, its sign turned"),
    )
}


def check_values(rows: pd.DataFrame) -> None:
    """Refuse values that their measure cannot have.

    Args:
        rows: in the columns of :data:`benchmarks.table.SCHEMA`.

    Raises:
        BadInput: a measure is unknown, a value is out of its range, or a dataset has two measures.
    """
    for label, some in rows.groupby("measure", observed=True, dropna=False):
        name = str(label)
        if name not in MEASURES:
            raise BadInput(
                f"A measure should be one of {', '.join(MEASURES)}. Found `{name}`."
                f"{suggestion(name, MEASURES)}"
            )
        measure = MEASURES[name]
        wrong = some[~some["accuracy"].between(measure.least, measure.most)]
        if not wrong.empty:
            raise BadInput(
                f"Each {name} should be {measure.range}. Found {wrong['accuracy'].iloc[0]} for "
                f"index {wrong['index'].iloc[0]}."
            )
    if (rows.groupby("dataset", observed=True)["measure"].nunique() > 1).any():
        raise BadInput("Each dataset should have one measure. One has two.")
