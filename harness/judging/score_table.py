"""Scores of all proxies side by side, with accuracies and classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.runs.designs import AS_DRAWN, Design
from reports.entry import Entry

TOP = 0.1
"""Share of the cells, best by accuracy, that are judged by themselves."""


@dataclass(frozen=True)
class ScoreTable:
    """Signed scores (cells x proxies) with accuracies and classes, and what each proxy is.

    ``status`` (cells x proxies) says why a score is missing; ``seeds`` holds the scores of each
    initialisation, if there were several, and ``supernets`` those of each supernet (cells x
    one-shot predictors); ``of_classes`` says that each cell stands for its class.
    """

    scores: pd.DataFrame
    status: pd.DataFrame
    accuracy: pd.Series
    classes: pd.Series
    entries: Mapping[str, Entry]
    design: Design = AS_DRAWN
    seeds: tuple[pd.DataFrame, ...] = ()
    of_classes: bool = False
    supernets: tuple[pd.DataFrame, ...] = ()

    @classmethod
    def of(
        cls,
        cells: pd.DataFrame,
        entries: Mapping[str, Entry],
        design: Design = AS_DRAWN,
        seeds: Sequence[pd.DataFrame] = (),
        supernets: Sequence[pd.DataFrame] = (),
    ) -> ScoreTable:
        """Arrange the rows of :func:`harness.judging.joining.join`, and those of each seed.

        Scores of supernets are arranged already, by index and name.
        """
        wide = cells.pivot(index="index", columns="proxy", values="signed")
        status = cells.pivot(index="index", columns="proxy", values="status").astype(str)
        each = cells.drop_duplicates("index").set_index("index").loc[wide.index]
        alone = (
            of_seed.pivot(index="index", columns="proxy", values="signed") for of_seed in seeds
        )
        scores_by_seed = tuple(
            of_seed.reindex(index=wide.index, columns=wide.columns) for of_seed in alone
        )
        shared = tuple(of_one.reindex(index=wide.index) for of_one in supernets)
        about = entries, design, scores_by_seed
        return cls(wide, status, each["accuracy"], each["class"], *about, supernets=shared)

    def chosen(self, rows: NDArray[np.bool_]) -> ScoreTable:
        """Return the scores of some cells."""
        return ScoreTable(
            self.scores[rows],
            self.status[rows],
            self.accuracy[rows],
            self.classes[rows],
            self.entries,
            self.design,
            tuple(of_seed[rows] for of_seed in self.seeds),
            self.of_classes,
            tuple(of_one[rows] for of_one in self.supernets),
        )

    @property
    def sets(self) -> dict[str, ScoreTable]:
        """The sets of cells that are judged: ``all``, ``classes``, ``top``."""
        first = ~self.classes.duplicated().to_numpy()
        best = (self.accuracy >= self.accuracy.quantile(1 - TOP)).to_numpy()
        return {
            "all": self,
            "classes": replace(self.chosen(first), of_classes=True),
            "top": self.chosen(best),
        }
