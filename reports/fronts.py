"""All that a report shows of searches for several objectives, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from reports.entry import Entry
from reports.rows import SearchStatistic


class ObjectiveAxis(NamedTuple):
    """An objective: its unit, its ends on the true front, and where the reference point lies.

    ``distinct`` is how many values the space has; ``known`` says that it may be asked for free.
    """

    name: str
    unit: str
    best: float
    worst: float
    reference: float
    distinct: int
    known: bool

    @property
    def label(self) -> str:
        """Name and unit, as an axis of a figure has them."""
        return f"{self.name} ({self.unit})" if self.unit not in ("", "1") else self.name


class FrontPoint(NamedTuple):
    """What the fronts of a searcher's runs are worth once so much was spent, by one measure.

    The ends are those of :class:`reports.rows.RegretPoint`; all are missing where some run's front
    has no value yet.
    """

    searcher: str
    statistic: str
    spent: float
    mean: float
    low: float
    high: float
    q25: float
    median: float
    q75: float
    median_low: float
    median_high: float


class AttainedPoint(NamedTuple):
    """A corner of the surface that a share of a searcher's runs attains in the end.

    ``cost`` is the second objective, ``error`` the first.
    """

    searcher: str
    share: float
    cost: float
    error: float


@dataclass(frozen=True)
class Fronts:
    """One run of searches for several objectives, judged.

    Attributes:
        benchmark: whose candidates were searched.
        dataset: of the error that fronts are judged by.
        caption: what was searched by what and judged by which accuracy, in a sentence.
        words: what is charged and what answers a question, in sentences.
        unit: of what is spent.
        axes: the objectives, the error first.
        size: how many candidates there are.
        front: the candidates on the true front: ``index``, ``arch`` and a column an objective.
        points: how many points the true front has.
        statistics: at the end of the budget: ``hypervolume`` (share of the true front's),
            ``epsilon``, ``igd_plus``, ``found`` (share of the true front's points), each with its
            place, and with ``_against_random`` appended the paired difference.
        curves: the same over what was spent.
        attained: surfaces that shares of the runs attain, where there are two objectives.
        finals: a row a run, with what its front is worth in the end.
        on_fronts: the candidates on the front of every run.
        entries: what each searcher is, by name.
        settings: the plan, as the command line names it.
        provenance: versions, git state, digests.
    """

    benchmark: str
    dataset: str
    caption: str
    words: Sequence[str]
    unit: str
    axes: Sequence[ObjectiveAxis]
    size: int
    front: pd.DataFrame
    points: int
    statistics: Sequence[SearchStatistic]
    curves: Sequence[FrontPoint]
    attained: Sequence[AttainedPoint]
    finals: pd.DataFrame
    on_fronts: pd.DataFrame
    entries: Mapping[str, Entry]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
