"""All that a report shows of one run, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from reports.entry import Entry
from reports.rows import (
    Axis,
    Ceiling,
    Correlation,
    Cost,
    Difference,
    SeedShare,
    SupernetCorrelation,
    SupernetDifference,
)


@dataclass(frozen=True)
class Findings:
    """One run, judged.

    Attributes:
        caption: what was scored on what and compared with which accuracy, in a sentence.
        design: how the cells were drawn, and which population intervals speak for.
        label: ``scored_on`` of the rows.
        dataset: of the accuracy that the run was made for; other datasets' rows are transfer.
        cells: one row a cell and proxy, with ``index, arch, class, score, status, accuracy``.
        entries: what each score is, by name.
        similarity: Spearman between every two proxies, over cells that have all scores.
        settings: the plan, as the command line names it.
        provenance: versions, device, git state, digests.
        measure: what ``accuracy`` is; larger is better.
        unit: of it, empty where it has none.
        supernets: one-shot predictors, a supernet at a time, and the control beside them.
        supernet_differences: of every two of those.
        axes: the choices that a candidate consists of.
        choices: which it makes, one place an axis, by the candidate's string.
    """

    caption: str
    design: str
    label: str
    dataset: str
    accuracy_label: str
    correlations: Sequence[Correlation]
    differences: Sequence[Difference]
    ceilings: Sequence[Ceiling]
    costs: Sequence[Cost]
    seed_shares: Sequence[SeedShare]
    similarity: pd.DataFrame
    cells: pd.DataFrame
    entries: Mapping[str, Entry]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
    measure: str = "accuracy"
    unit: str = "%"
    supernets: Sequence[SupernetCorrelation] = ()
    supernet_differences: Sequence[SupernetDifference] = ()
    axes: Sequence[Axis] = ()
    choices: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def points(self) -> str:
        """What differences of the measure are counted in."""
        return "points" if self.unit == "%" else self.measure

    @property
    def digits(self) -> int:
        """Decimals of the measure: percentages have two."""
        return 2 if self.unit == "%" else 4

    @property
    def own(self) -> list[Correlation]:
        """Rows of the accuracy that the run was made for."""
        return [row for row in self.correlations if row.dataset == self.dataset]

    def ceiling(self, statistic: str, cells: str = "all") -> Ceiling | None:
        """Return the noise ceiling of a statistic over a set of cells, if it could be told."""
        wanted = (self.dataset, statistic, cells)
        ceilings = (c for c in self.ceilings if (c.dataset, c.statistic, c.cells) == wanted)
        return next(ceilings, None)
