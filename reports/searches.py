"""All that a report shows of a run of searches, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from reports.entry import Entry
from reports.rows import RegretPoint, SearchStatistic


@dataclass(frozen=True)
class Searches:
    """One run of searches, judged.

    Attributes:
        benchmark: whose candidates were searched.
        dataset: of the accuracy that the choices were made for; other datasets' are transfer.
        caption: what was searched by what and judged by which accuracy, in a sentence.
        words: what is charged and what answers a question, in sentences.
        unit: of what is spent.
        measure: what choices are judged by, and its unit, empty if it has none.
        statistics: see :class:`reports.rows.SearchStatistic`.
        curves: regret over what was spent.
        limits: accuracy and candidate of the best of the space, and of the best by the signal.
        finals: a row a run, with its choice.
        entries: what each searcher is, by name.
        settings: the plan, as the command line names it.
        provenance: versions, git state, digests.
    """

    benchmark: str
    dataset: str
    caption: str
    words: Sequence[str]
    unit: str
    measure: tuple[str, str]
    statistics: Sequence[SearchStatistic]
    curves: Sequence[RegretPoint]
    limits: Mapping[str, tuple[float, str]]
    finals: pd.DataFrame
    entries: Mapping[str, Entry]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
