"""Settings of ``harness search``, resolved to a plan."""

from __future__ import annotations

import argparse
import math

from benchmarks.catalogue import SOURCES, benchmark
from benchmarks.errors import BadInput
from benchmarks.extents import check_stored, shipped, shipped_costs
from benchmarks.printable import printable
from benchmarks.space import Benchmark, Dataset
from harness.options.objective_names import checked_objectives
from harness.runs.forms import DIGITS, located
from harness.runs.search_plan import SearchPlan, check_costs, check_lengths, checked_budget


def search_plan_of(options: argparse.Namespace) -> SearchPlan:
    """Resolve the options to a plan: defaults named.

    Raises:
        BadInput: a value cannot be used.
    """
    space = benchmark(options.benchmark)
    dataset = space.dataset(options.dataset or space.datasets[0].name)
    if not (options.truth or space.truth):
        raise BadInput(f"`--truth` should be given for {space.name}: {SOURCES}.")
    if not (options.signal_epochs or space.short_epochs):
        raise BadInput(f"`--signal-epochs` should be given for {space.name}: it has no short ones.")
    numbered = options.signal_seed.isdecimal() and len(options.signal_seed) <= DIGITS
    if options.signal_seed not in ("random", "mean") and not numbered:
        raise BadInput(
            "`--signal-seed` should be random, mean or a number. Found "
            f"`{printable(options.signal_seed)}`."
        )
    budget = checked_budget(options.budget)
    objectives = checked_objectives(options.objectives)
    plan = SearchPlan(
        benchmark=space.name,
        truth=located(options.truth or space.truth),
        dataset=dataset.name,
        split=options.split or dataset.split,
        epochs=options.epochs or space.epochs(dataset),
        accuracy_seed=options.accuracy_seed,
        signal_dataset=options.signal_dataset or held_out(space, dataset).name,
        signal_split=options.signal_split or dataset.validation,
        signal_epochs=options.signal_epochs or _paid(space, dataset),
        signal_seed=options.signal_seed,
        searchers=options.searchers,
        proxies=options.proxies,
        scores=tuple(located(path) for path in options.scores),
        seeds=options.seeds,
        budget=budget,
        rerank=options.rerank,
        images=located(images) if (images := options.images or space.images) else "",
        batch=options.batch,
        labels=options.labels,
        searcher_files=tuple(located(str(path)) for path in options.searcher_file),
        objectives=objectives,
        reference=_reference(options.reference, objectives),
    )
    if judged := check_stored(space, plan.truth, plan.accuracy):
        check_lengths(plan, _lengths(plan, judged.candidates), shipped(plan.truth))
    if (costs := shipped_costs(plan.truth)) is not None:
        check_costs(plan, costs)
    return plan


def _lengths(plan: SearchPlan, candidates: int) -> list[int]:
    """Return epochs whose signal a table that comes with the project has of all candidates."""
    seed = int(plan.signal_seed) if plan.signal_seed.isdecimal() else None
    signal = plan.signal_dataset, plan.signal_split, seed
    return sorted(
        name.epochs
        for name, extent in shipped(plan.truth).items()
        if (name.dataset, name.split, name.seed) == signal and extent.candidates >= candidates
    )


def _reference(text: str | None, objectives: tuple[str, ...]) -> tuple[float, ...]:
    """Return the reference point, a number an objective in their order; none where not given."""
    try:
        numbers = tuple(map(float, text.split(","))) if text else ()
    except ValueError:
        numbers = (math.nan,)
    if text and (len(numbers) != len(objectives) or not all(map(math.isfinite, numbers))):
        each = ",".join(objectives) or "which `--objectives` should name"
        raise BadInput(
            f"`--reference` should be a number for each objective ({each}). Found `{text}`."
        )
    return numbers


def held_out(space: Benchmark, dataset: Dataset) -> Dataset:
    """Return the dataset whose trainings never saw what they are validated on."""
    return next((part for part in space.datasets if part.part_of == dataset.name), dataset)


def _paid(space: Benchmark, dataset: Dataset) -> int:
    """Return the epochs of the training that a search pays for: short ones, where there are any."""
    whole = space.short_epochs >= space.full_epochs
    return space.epochs(dataset) if whole else space.short_epochs
