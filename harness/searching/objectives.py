"""Several objectives: named, with units, smaller better, one value a candidate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from benchmarks.costs import COUNTS, METRICS, TRAINED, MetricName
from benchmarks.errors import BadInput
from benchmarks.measures import ACCURACY
from benchmarks.metrics import MetricTable
from benchmarks.table import AccuracyTable
from harness.runs.search_plan import SearchPlan, stored_costs
from harness.searching.scores import Counts
from searchers import ERROR, Objective


@dataclass(frozen=True)
class Objectives:
    """What is judged where there are several objectives.

    Attributes:
        values: a row a candidate by index, a column an objective, smaller better.
        units: of each objective.
        chance: error from which on a candidate is no better than a guess; infinite where a guess
            is not defined.
    """

    values: pd.DataFrame
    units: dict[str, str]
    chance: float

    @property
    def costs(self) -> dict[str, list[float]]:
        """Values of all but the error, by objective."""
        return {str(name): self.values[name].tolist() for name in self.values if name != ERROR}


def asked(names: Iterable[str]) -> tuple[Objective, ...]:
    """Return objectives as a searcher sees them: all but what a training costs is known without."""
    return tuple(Objective(name, name not in (ERROR, *TRAINED)) for name in names)


def objectives(plan: SearchPlan, table: AccuracyTable, metrics: MetricTable) -> Objectives | None:
    """Return the values of a plan's objectives, None where it has not several.

    The error is what the accuracy lacks to the largest value of its measure.

    Raises:
        BadInput: a cost is not known of every candidate.
    """
    if not plan.objectives:
        return None
    accuracy, measure = table.accuracy(plan.accuracy), table.measure(plan.accuracy)
    archs = table.candidates.loc[accuracy.index].astype(str)
    counted = Counts(plan, archs, metrics)
    values, names = {ERROR: measure.most - accuracy}, stored_costs(plan)
    for name in plan.objectives[1:]:
        counting = name in COUNTS
        values[name] = counted(name) if counting else _stored(names[name], metrics, archs)
    classes = plan.space.dataset(plan.dataset).classes
    chance = 100 * (1 - 1 / classes) if measure is ACCURACY else float("inf")
    units = {name: METRICS[name].unit for name in plan.objectives[1:]}
    return Objectives(pd.DataFrame(values), {ERROR: measure.unit} | units, chance)


def _stored(name: MetricName, metrics: MetricTable, archs: pd.Series) -> pd.Series:
    """Return a cost by candidate index."""
    values = metrics.values(name).reindex(archs.index)
    if values.isna().any():
        n = int(values.notna().sum())
        raise BadInput(
            f"An objective should be known of every candidate. `{name.metric}` is known for {n:,} "
            f"of {len(archs):,}, and none of the {len(archs) - n:,} others is filled in: name "
            "another."
        )
    return values
