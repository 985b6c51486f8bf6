"""The words of ``harness search``, and the plan that they make."""

from __future__ import annotations

import argparse
import math

from benchmarks.catalogue import SOURCES, benchmark
from benchmarks.errors import BadInput
from benchmarks.printable import printable
from benchmarks.space import Benchmark, Dataset
from harness import arguments
from harness.arguments import DIGITS, add_candidates, located, natural, positive, seeds
from harness.searching.plan import SearchPlan, checked_budget


def add_search(command: argparse.ArgumentParser) -> None:
    """Add the options that make a search plan."""
    add = command.add_argument
    add_candidates(command, "that choices are judged on (default: the first)")
    add("--truth", help=f"{SOURCES} (default: what comes with the project)")
    add("--split", help="split of that accuracy (default: the dataset's test split)")
    add("--epochs", type=positive, help="epochs of that accuracy (default: the full training)")
    add("--accuracy-seed", type=natural, help="its training seed (default: the mean over seeds)")
    add("--signal-dataset", help="training that searches see (default: the one held out)")
    add("--signal-split", help="split that searches see (default: the validation split)")
    add("--signal-epochs", type=positive, help="epochs that they pay for (default: the short ones)")
    add(
        "--signal-seed",
        default="random",
        help="random (any stored training), mean, or a training seed (default: %(default)s)",
    )
    named = add(
        "--searchers",
        default="all",
        help="names separated by commas, with settings as NAME:PROXY:SETTING=VALUE "
        "(default: %(default)s, but for those that take seconds a run)",
    )
    named.completer = arguments.searchers  # type: ignore[attr-defined]
    add(
        "--proxies",
        default="params",
        help="scores that `all` gives to searchers that take one (default: %(default)s)",
    )
    add(
        "--scores",
        action="append",
        default=[],
        metavar="RUN",
        help="scores to search by: a run folder, a CSV file (index or arch, score), or `atlas`; "
        "may be repeated",
    )
    add("--seeds", type=seeds, default=200, help="runs of each searcher (default: %(default)s)")
    add(
        "--budget",
        required=True,
        help="simulated seconds such as 20000s, or a number of trainings such as 200",
    )
    named = add(
        "--objectives",
        help="error and costs that are to be small, separated by commas, such as `error,params` "
        "(default: the accuracy alone)",
    )
    named.completer = arguments.objectives  # type: ignore[attr-defined]
    add(
        "--reference",
        help="a value of each objective, separated by commas, beyond which nothing counts "
        "(default: beyond the true front by a tenth of its range)",
    )
    add(
        "--rerank",
        type=natural,
        default=0,
        metavar="K",
        help="train the K best longest in the end, within the budget (default: %(default)s)",
    )
    add("--images", help="as `harness run` takes them, for one-shot networks (mini: its own)")
    add("--labels", default="true", choices=("true", "random"), help="(default: %(default)s)")
    add("--batch", type=positive, default=64, help="images in a minibatch (default: %(default)s)")
    add("--retry-failed", action="store_true", help="run again what is stored as failed")


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
    from harness.searching.objectives import checked_objectives  # pandas comes with it

    objectives = checked_objectives(options.objectives)
    return SearchPlan(
        benchmark=space.name,
        truth=located(options.truth or space.truth),
        dataset=dataset.name,
        split=options.split or dataset.split,
        epochs=options.epochs or space.epochs(dataset),
        accuracy_seed=options.accuracy_seed,
        signal_dataset=options.signal_dataset or held_out(space, dataset).name,
        signal_split=options.signal_split or dataset.validation,
        signal_epochs=options.signal_epochs or space.short_epochs,
        signal_seed=options.signal_seed,
        searchers=options.searchers,
        proxies=options.proxies,
        scores=tuple(located(path) for path in options.scores),
        seeds=options.seeds,
        budget=checked_budget(options.budget),
        rerank=options.rerank,
        images=located(images) if (images := options.images or space.images) else "",
        batch=options.batch,
        labels=options.labels,
        searcher_files=tuple(located(str(path)) for path in options.searcher_file),
        objectives=objectives,
        reference=_reference(options.reference, objectives),
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
