"""Scores of all proxies side by side, with accuracies and classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TOP = 0.1
"""Share of the cells, best by accuracy, that are judged by themselves."""


class About(NamedTuple):
    """A proxy's family, and the proxies that it combines, joined by ``+``."""

    family: str
    combines: str = ""


@dataclass(frozen=True)
class Board:
    """Signed scores (cells x proxies) with accuracies and classes, and what each proxy is.

    ``status`` (cells x proxies) says why a score is missing.
    """

    scores: pd.DataFrame
    status: pd.DataFrame
    accuracy: pd.Series
    classes: pd.Series
    about: Mapping[str, About]

    @classmethod
    def of(cls, cells: pd.DataFrame, about: Mapping[str, About]) -> Board:
        """Arrange the rows of :func:`harness.judging.joining.join`."""
        wide = cells.pivot(index="index", columns="proxy", values="signed")
        status = cells.pivot(index="index", columns="proxy", values="status").astype(str)
        each = cells.drop_duplicates("index").set_index("index").loc[wide.index]
        return cls(wide, status, each["accuracy"], each["class"], about)

    def chosen(self, rows: NDArray[np.bool_]) -> Board:
        """Return the board of some cells."""
        return Board(
            self.scores[rows],
            self.status[rows],
            self.accuracy[rows],
            self.classes[rows],
            self.about,
        )

    @property
    def sets(self) -> dict[str, Board]:
        """The sets of cells that are judged: ``all``, ``classes``, ``top``."""
        first = ~self.classes.duplicated().to_numpy()
        best = (self.accuracy >= self.accuracy.quantile(1 - TOP)).to_numpy()
        return {"all": self, "classes": self.chosen(first), "top": self.chosen(best)}
