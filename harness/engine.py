"""Which passes a set of proxies needs, on which network, in which process."""

from __future__ import annotations

import hashlib
import inspect
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import NamedTuple

import torch

from benchmarks.network import Layered, initialise
from benchmarks.spaces import Benchmark, Dataset
from benchmarks.thin import thin
from harness.passes import Inputs, Pass, Records, Run, closure, code
from harness.passes.inputs import channels_last
from harness.scores import Score, Status
from proxies import Proxy
from proxies.records import CellCounts, Draw, LiveCounts
from proxies.registry import syntax_digest

COUNTED = (CellCounts, LiveCounts, Draw)
"""Records that need no network."""


class Task(NamedTuple):
    """One subject, one seed, and the proxies to score it with."""

    subject: str
    seed: int
    proxies: tuple[Proxy, ...]


@dataclass(frozen=True)
class Setting:
    """What all tasks of a run share; sent once to each worker.

    ``plugins`` are files whose proxies a worker has to know before it is sent tasks.
    """

    benchmark: Benchmark
    dataset: Dataset
    inputs: Inputs
    device: str
    plugins: tuple[str, ...] = ()

    def prepared(self) -> Setting:
        """Return the setting with its inputs on the device, in the layout that runs fastest."""
        images, labels, gaussian = (part.to(self.device) for part in self.inputs)
        return replace(self, inputs=Inputs(channels_last(images), labels, channels_last(gaussian)))


def needs_network(proxy: Proxy) -> bool:
    """Whether any pass has to run; counts and random draws need none."""
    return bool(set(proxy.records) - set(COUNTED))


def setting_of(proxy: Proxy) -> dict[str, str]:
    """Return what every stored score says of the passes behind it."""
    read = [one for one in _passes(proxy.records) if set(one.yields) & set(proxy.records)]
    return {
        "initialisation": " ".join(one.initialisation for one in read),
        "batchnorm": " ".join(one.batchnorm for one in read),
        "sees": " ".join(one.sees for one in read),
    }


def belongs_to_cell(proxy: Proxy) -> bool:
    """Whether the score depends on the cell's string, not only on the function it computes."""
    written = any(one.kind == "written" for one in _passes(proxy.records))
    return written or CellCounts in proxy.records


def key(proxy: Proxy) -> str:
    """Digest what a score depends on besides the plan: the formula, its passes, the seeding."""
    sources = "".join(map(code, _passes(proxy.records))) or code(None)
    return hashlib.sha256((proxy.formula + sources + _seeding()).encode()).hexdigest()[:16]


@cache
def _seeding() -> str:
    functions = (seed_of, _counts, _live_counts, _draw, _network)
    return syntax_digest("".join(inspect.getsource(function) for function in functions))


def seed_of(*parts: object) -> int:
    """Return a 63-bit seed that depends on the parts alone, never on order or process."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def blocks(setting: Setting, tasks: Iterable[Task], most: int) -> list[list[Task]]:
    """Return tasks in blocks of at most ``most`` that :func:`together` can score.

    They ask for the same proxies of candidates of one skeleton; those with similar names, whose
    cells have more operations in common, stand together.
    """
    if most == 1:
        return [[task] for task in tasks]
    alike: dict[object, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: task.subject):
        skeleton = setting.benchmark.skeleton(task.subject, setting.dataset)
        names = tuple(proxy.name for proxy in task.proxies)
        alike.setdefault((skeleton, names), []).append(task)
    return [some[i : i + most] for some in alike.values() for i in range(0, len(some), most)]


def score(setting: Setting, task: Task) -> list[Score]:
    """Score one subject: each pass that a proxy needs runs once, then the formulas.

    A pass or a formula that raises marks the proxies it serves as failed, with the reason; the
    others are not affected.
    """
    (rows,) = together(setting, [task])
    return rows


def together(setting: Setting, tasks: Sequence[Task]) -> list[list[Score]]:
    """Score subjects whose networks stand side by side in one; see :func:`blocks`.

    Raises:
        Exception: a pass raises, and as there are several subjects it is not known whose fault it
            is. Score fewer.
    """
    wanted = frozenset(record for proxy in tasks[0].proxies for record in proxy.records)
    made = _counted(setting, tasks, wanted)
    spent: dict[str, float] = {}
    failures: dict[str, str] = {}
    passes = _passes(wanted)
    built: dict[str, Layered] = {}
    for _, group in groupby(passes, key=lambda one: (one.kind, one.initialisation)):
        shared: Records = {}  # what passes hand on, freed when none is left that needs it
        network: Layered | None = None
        alike = list(group)
        for i, one in enumerate(alike):
            began = time.perf_counter()
            try:
                network = network or _network(setting, tasks, one, built)
                if all(record in shared for record in one.needs):
                    shared |= one.function(Run(network, setting.inputs, wanted, shared))
                    _synchronise(setting.device)
            except Exception as error:
                if len(tasks) > 1:
                    raise
                failures[one.name] = f"{one.name} pass: {type(error).__name__}: {error}"
            spent[one.name] = (time.perf_counter() - began) / len(tasks)
            kept = wanted.union(*(later.needs for later in alike[i + 1 :]))
            shared = {record: value for record, value in shared.items() if record in kept}
        made |= shared
    each = [{record: made[record][i] for record in made.keys() & wanted} for i in range(len(tasks))]
    return [
        [_row(proxy, task, own, spent, failures) for proxy in task.proxies]
        for task, own in zip(tasks, each, strict=True)
    ]


def _passes(records: Iterable[type]) -> list[Pass]:
    """Return all passes behind records, in the order they run in."""
    return closure(record for record in records if record not in COUNTED)


def _counted(setting: Setting, tasks: Sequence[Task], wanted: frozenset[type]) -> Records:
    functions = {CellCounts: _counts, LiveCounts: _live_counts, Draw: _draw}
    return {
        record: [function(setting, task) for task in tasks]
        for record, function in functions.items()
        if record in wanted
    }


def _counts(setting: Setting, task: Task) -> CellCounts:
    cost = setting.benchmark.cost(task.subject, setting.dataset)
    conv3x3 = setting.benchmark.cell(task.subject).count("nor_conv_3x3")
    return CellCounts(*map(_scalar, (*cost, conv3x3)))


def _live_counts(setting: Setting, task: Task) -> LiveCounts:
    space = setting.benchmark
    live, depth = space.live_cost(task.subject, setting.dataset), space.cell(task.subject).depth
    layers = space.live_layers(task.subject, setting.dataset)
    return LiveCounts(*map(_scalar, (*live, depth, layers)))


def _draw(_: Setting, task: Task) -> Draw:
    generator = torch.Generator().manual_seed(seed_of(task.subject, task.seed, "draw"))
    return Draw(torch.rand((), generator=generator, dtype=torch.float64))


def _scalar(count: int) -> torch.Tensor:
    return torch.tensor(count, dtype=torch.float64)


def _network(
    setting: Setting, tasks: Sequence[Task], needed: Pass, built: dict[str, Layered]
) -> Layered:
    """Return what a pass runs on, initialised: a network is built once, whatever starts it."""
    space, subjects = setting.benchmark, [task.subject for task in tasks]
    if needed.kind not in built:
        if needed.kind == "thin":
            network: Layered = thin([space.cell(subject) for subject in subjects])
        else:
            network = space.network(subjects, setting.dataset, written=needed.kind == "written")
        built[needed.kind] = network.on(setting.device)
    seeds = [seed_of(task.subject, task.seed) for task in tasks]
    initialise(built[needed.kind], seeds, needed.initialisation)
    return built[needed.kind]


def _row(
    proxy: Proxy, task: Task, own: Records, seconds: dict[str, float], failures: dict[str, str]
) -> Score:
    needed = [one.name for one in _passes(proxy.records)]
    reason = "; ".join(failures[one] for one in needed if one in failures)
    value = math.nan
    status: Status = "failed"
    began = time.perf_counter()
    if not reason:
        try:
            value, status = float(proxy(*(own[record] for record in proxy.records))), "ok"
        except Exception as error:
            reason = f"formula: {type(error).__name__}: {error}"
    if status == "ok" and not math.isfinite(value):
        reason = f"{proxy.undefined or 'the score is not finite'}: {value}"
        value, status = math.nan, "undefined"
    spent = time.perf_counter() - began + sum(seconds[one] for one in needed)
    return Score(task.subject, proxy.name, task.seed, key(proxy), value, status, reason, spent)


def _synchronise(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
