"""The problem of a plan: its table, costs and stored scores as arrays."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from benchmarks.costs import COUNTS
from benchmarks.errors import BadInput
from benchmarks.metrics import MetricTable
from benchmarks.sources import check_space, read_metrics, read_truth
from benchmarks.table import AccuracyTable
from harness.runs.search_plan import SearchPlan, check_costs, check_lengths, no_seconds
from harness.searching.objectives import asked, objectives
from harness.searching.oneshot import OneShot
from harness.searching.problem import (
    Problem,
    charged,
    fidelities,
    numbered,
    tuples,
)
from harness.searching.requirements import check_oneshot
from harness.searching.scores import Counts, scores_of
from searchers import Candidate, ConfiguredSearcher, Space


def read_table(plan: SearchPlan, workers: int) -> AccuracyTable:
    """Read a plan's accuracies, and refuse those of another space."""
    table = read_truth(plan.truth, workers)
    check_space(table, plan.space, plan.truth)
    return table


def problem_of(
    plan: SearchPlan, table: AccuracyTable, chosen: Sequence[ConfiguredSearcher]
) -> Problem:
    """Arrange all that searches may be answered from, and what it costs.

    Raises:
        BadInput: the table lacks an accuracy, cost or score that is named, or the budget is less
            than any training.
    """
    accuracy = table.accuracy(plan.accuracy)
    kinds = (plan.signal_dataset, plan.signal_split, plan.signal_seed)
    signal = fidelities(table, *kinds, accuracy.index)
    check_lengths(plan, signal, table.known())
    archs = table.candidates.loc[accuracy.index].astype(str)
    candidates = [plan.space.encode(arch) for arch in archs]
    metrics = metrics_of(plan)
    check_costs(plan, metrics.known())
    several = objectives(plan, table, metrics)
    to_pay = {} if several is None else several.costs
    cost, charges = _costs(plan, metrics, list(signal), accuracy.index)
    signal = {epochs: wide for epochs, wide in signal.items() if epochs in cost}
    if min(cost[plan.signal_epochs]) > plan.amount:
        raise BadInput(
            f"`--budget` should pay for a training at least. The cheapest costs "
            f"{min(cost[plan.signal_epochs]):.0f} {'s' if plan.seconds else 'trainings'}. Found "
            f"`{plan.budget}`."
        )
    needed = list(dict.fromkeys(proxy for pick in chosen for proxy in pick.reads))
    known = [objective.name for objective in asked(plan.objectives) if objective.known]
    counted = Counts(plan, archs, metrics)
    scores, seconds, of_scores = scores_of(plan, archs, accuracy, counted, needed)
    return Problem(
        space=_space(plan, list(signal), candidates),
        index=[int(i) for i in accuracy.index],
        rows={candidate: row for row, candidate in enumerate(candidates)},
        classes=numbered(archs, plan.space),
        usual=plan.signal_epochs,
        signal={epochs: tuples(wide) for epochs, wide in signal.items()},
        cost=cost,
        scores=scores,
        seconds=seconds if plan.seconds else dict.fromkeys(seconds, 0.0),
        counts={name: counted(name).tolist() for name in COUNTS}
        | {name: to_pay[name] for name in known},
        costs=to_pay,
        most=table.measure(plan.accuracy).most,
        oneshot=_oneshot(plan, chosen),
        unit="s" if plan.seconds else "trainings",
        words=(
            *_words_of_signal(signal, plan, table),
            charges,
            *of_scores,
            *_words_of_free(chosen),
        ),
    )


def _oneshot(plan: SearchPlan, chosen: Sequence[ConfiguredSearcher]) -> OneShot | None:
    """Return the network of all candidates, where a search asks for it."""
    asking = [pick.row for pick in chosen if pick.searcher.family == "one-shot"]
    if not asking:
        return None
    check_oneshot(plan, chosen)
    return OneShot(plan.benchmark, plan.dataset, plan.images, plan.batch, plan.labels)


def _space(plan: SearchPlan, epochs: list[int], candidates: list[Candidate]) -> Space:
    """Return the space that searchers see, its candidates in the order of their choices."""
    axes = plan.space.axes
    sizes, groups = [len(axis.choices) for axis in axes], [axis.group for axis in axes]
    return Space(sizes, epochs, sorted(candidates), groups, asked(plan.objectives))


def _words_of_signal(
    signal: dict[int, pd.DataFrame], plan: SearchPlan, table: AccuracyTable
) -> tuple[str, ...]:
    """Say what answers a training."""
    kinds = []
    for epochs, wide in signal.items():
        several = wide.shape[1] > 1
        what = "one of the stored trainings, drawn" if several else "the stored accuracy"
        if -1 in wide.columns:
            what = "the one training" if table.alone else "the mean over training seeds"
        kinds.append(f"{epochs} epochs tell {what}")
    told = f"Searches see {plan.signal_dataset} / {plan.signal_split}: {', '.join(kinds)}."
    if (plan.signal_dataset, plan.signal_split) == (plan.dataset, plan.split):
        told += " They are judged by the same images."
    return (told,)


def _words_of_free(chosen: Sequence[ConfiguredSearcher]) -> list[str]:
    """Say what is computed and not charged."""
    asking = [pick.row for pick in chosen if pick.searcher.family == "one-shot"]
    said = f"What {', '.join(asking)} computes on the one-shot network is free here."
    return [said] if asking else []


def _costs(
    plan: SearchPlan, metrics: MetricTable, lengths: list[int], index: pd.Index
) -> tuple[dict[int, list[float]], str]:
    """Return what trainings cost, by epochs, and how that is meant."""
    usual = plan.signal_epochs
    if not plan.seconds:
        counted = {epochs: [epochs / usual] * len(index) for epochs in lengths}
        return counted, f"Trainings are counted, one of {usual} epochs as 1; scores are free."
    cost, validated = {}, False
    for epochs in lengths:
        seconds, validated = charged(metrics, plan.signal_dataset, epochs, index)
        if seconds is not None:
            cost[epochs] = seconds
    if usual not in cost:
        raise no_seconds(plan)
    what = "and one validation" if validated else "without its validation, which is not stored"
    return cost, (
        f"A training costs the seconds that the benchmark's authors measured, {what}; the one that "
        "uses up the budget is finished."
    )


def metrics_of(plan: SearchPlan) -> MetricTable:
    """Return what candidates cost, as the plan's accuracies come with it or the benchmark has it.

    Empty where nobody has it.

    Raises:
        BadInput: the source of the accuracies has costs and is damaged.
    """
    own = read_metrics(plan.truth)
    if own.rows.empty and plan.space.truth:
        return read_metrics(plan.space.truth)
    return own
