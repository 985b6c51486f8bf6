"""Settings, from the command line or a notebook, resolved to a plan."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import SOURCES, benchmark
from benchmarks.errors import BadInput, suggestion
from benchmarks.extents import check_stored
from benchmarks.fetching import check_dataset
from benchmarks.streams import say
from benchmarks.supernets import check_supernet
from harness.oneshot.samplers.predictor import check_enough
from harness.options.arguments import IMAGES, checked
from harness.options.oneshot import settings_of
from harness.options.parser import INTERVALS, parser
from harness.options.paths import check_paths
from harness.runs.forms import located
from harness.runs.selections import check_extent, selection_of

if TYPE_CHECKING:
    from harness.runs.plan import Plan


def plan_from(settings: Mapping[str, object]) -> Plan:
    """Resolve settings of ``harness run``, named as its options with underscores.

    Raises:
        BadInput: there is no such setting, or its value cannot be used.
    """
    return plan_of(options_from(["run"], settings))


REPEATED = ("--proxy-file", "--searcher-file", "--scores")
"""Options that are given once for each of several values; others take them in one, by commas."""

ELSEWHERE = frozenset({"out", "workers", "scheduler", "retry_failed", "time_limit"})
"""Options of a command that say how it is carried out, and are no settings of a plan."""


def options_from(
    words: Sequence[str], settings: Mapping[str, object], how: Mapping[str, object] | None = None
) -> argparse.Namespace:
    """Return the options of a command with settings as its command line would have them.

    What is None or False is left out.

    Args:
        words: the command, and what else it is given.
        settings: values by name: text, numbers, paths, truth values, or several of these.
        how: the same of options that are no settings of a plan.

    Raises:
        BadInput: there is no such setting, or its value cannot be used.
    """
    given = [*words, "--out", "."]
    known = sorted(set(vars(parser().parse_args(given))) - ELSEWHERE - {"command"})
    for name in settings:
        if name not in known:
            raise BadInput(f"There is no setting `{name}`.{suggestion(name, known)}")
    for name, value in {**settings, **(how or {})}.items():
        given += _words(f"--{name.replace('_', '-')}", value)
    options = parser().parse_args(checked(given))
    check_paths(options)
    return options


def _words(option: str, value: object) -> list[str]:
    """Return the words of a command line that give an option a value."""
    if type(value).__name__ in ("bool", "bool_"):  # Python's, or NumPy's
        return [option] if value else []
    if value is None:
        return []
    if isinstance(value, range) or hasattr(value, "tolist"):  # NumPy's and pandas'
        value = list(value) if isinstance(value, range) else value.tolist()
    if isinstance(value, list | tuple):
        if option in REPEATED:
            return [f"{option}={each}" for each in value]
        return [f"{option}={','.join(map(str, value))}"]
    return [f"{option}={value}"]


def plan_of(options: argparse.Namespace) -> Plan:
    """Resolve the options to a plan: defaults named, device found."""
    space = benchmark(options.benchmark)
    dataset = space.dataset(options.dataset or space.datasets[0].name)
    if options.oneshot:
        images = options.images or space.images
        check_supernet(space, images, options.labels, ", or leave out `--oneshot`")
    for option, what in (("truth", SOURCES), ("images", IMAGES)):
        if not (getattr(options, option) or getattr(space, option)):
            raise BadInput(f"`--{option}` should be given for {space.name}: {what}.")
    check_dataset(options.images or space.images, dataset.name)
    truth = options.truth or space.truth
    split, epochs = options.split or dataset.split, options.epochs or space.epochs(dataset)
    name = AccuracyName(dataset.name, split, epochs, options.accuracy_seed)
    if extent := check_stored(space, truth, name):
        selection = selection_of(options.cells)
        check_extent(selection, extent, space)
        if options.oneshot and selection.kind != "stratified":
            check_enough(selection.most or extent.candidates)
    import torch

    from harness.runs.devices import SIDE_BY_SIDE, resolve_device
    from harness.runs.plan import Plan

    device, remark = resolve_device(options.device)
    if remark:
        say(remark)
    return Plan(
        benchmark=space.name,
        truth=located(truth),
        dataset=dataset.name,
        split=split,
        epochs=epochs,
        accuracy_seed=options.accuracy_seed,
        images=located(options.images or space.images),
        labels=options.labels,
        batch=options.batch,
        cells=options.cells,
        proxies=options.proxies,
        seeds=options.seeds,
        device=device,
        shard=options.shard,
        proxy_files=tuple(located(str(path)) for path in options.proxy_file),
        scores=tuple(located(str(path)) for path in getattr(options, "scores", [])),
        intervals=options.intervals or INTERVALS[0],
        atlas=getattr(options, "atlas", False),
        stack=options.stack or SIDE_BY_SIDE[torch.device(device).type],
        **settings_of(options),
    )
