"""What searches may ask for: scores that need no run, images that were named."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from benchmarks.errors import BadInput, suggestion
from benchmarks.space import Benchmark, Dataset
from harness.runs.search_plan import SearchPlan
from searchers import ConfiguredSearcher

COUNTED: dict[str, Callable[[Benchmark, str, Dataset], float]] = {
    "params": lambda space, arch, dataset: space.cost(arch, dataset).params,
    "flops": lambda space, arch, dataset: space.cost(arch, dataset).flops,
    "live_params": lambda space, arch, dataset: space.live_cost(arch, dataset).params,
    "live_flops": lambda space, arch, dataset: space.live_cost(arch, dataset).flops,
}
"""Scores that the benchmark counts, free."""

ORACLE = "accuracy"
"""The score that is the judged accuracy itself: it separates a rule from the score in it."""


def check_scores(needed: Iterable[str], known: Collection[str] = ()) -> None:
    """Refuse scores that are asked for and are neither ``known`` nor free.

    Raises:
        BadInput: names the first such.
    """
    there = {*known, *COUNTED, ORACLE}
    for name in needed:
        if name not in there:
            raise BadInput(
                f"`--scores` should name a run folder that holds `{name}`. There are: "
                f"{', '.join(sorted(there))}.{suggestion(name, known)}"
            )


def check_oneshot(plan: SearchPlan, chosen: Iterable[ConfiguredSearcher]) -> None:
    """Refuse searchers by a network of all candidates where there is none, or no images for it.

    Raises:
        BadInput: names the first such.
    """
    for pick in chosen:
        if pick.searcher.family != "one-shot":
            continue
        if type(plan.space).relaxed is Benchmark.relaxed:
            raise BadInput(
                f"`{pick.row}` should have a one-shot network, one of all candidates. Nobody has "
                f"built one of {plan.benchmark}: leave it out."
            )
        if not plan.images:
            raise BadInput(
                f"`--images` should be given for `{pick.row}`, which trains a network on them. "
                "Give images as `harness run` takes them, or `noise`."
            )
