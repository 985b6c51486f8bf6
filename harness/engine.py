"""Which passes a set of proxies needs, on which network, in which process."""

from __future__ import annotations

import hashlib
import inspect
import math
import time
from collections.abc import Iterable
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
    return CellCounts in proxy.records


def key(proxy: Proxy) -> str:
    """Digest what a score depends on besides the plan: the formula, its passes, the seeding."""
    sources = "".join(map(code, _passes(proxy.records))) or code(None)
    return hashlib.sha256((proxy.formula + sources + _seeding()).encode()).hexdigest()[:16]


@cache
def _seeding() -> str:
    functions = (seed_of, _counted, _network)
    return syntax_digest("".join(inspect.getsource(function) for function in functions))


def seed_of(*parts: object) -> int:
    """Return a 63-bit seed that depends on the parts alone, never on order or process."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def score(setting: Setting, task: Task) -> list[Score]:
    """Score one subject: each pass that a proxy needs runs once, then the formulas.

    A pass or a formula that raises marks the proxies it serves as failed, with the reason; the
    others are not affected.
    """
    wanted = frozenset(record for proxy in task.proxies for record in proxy.records)
    made = _counted(setting, task, wanted)
    spent: dict[str, float] = {}
    failures: dict[str, str] = {}
    passes = _passes(wanted)
    for _, group in groupby(passes, key=lambda one: (one.kind, one.initialisation)):
        shared: Records = {}  # what passes hand on, freed when none is left that needs it
        network: Layered | None = None
        alike = list(group)
        for i, one in enumerate(alike):
            began = time.perf_counter()
            try:
                network = network or _network(setting, task, one)
                if all(record in shared for record in one.needs):
                    shared |= one.function(Run(network, setting.inputs, wanted, shared))
                    _synchronise(setting.device)
            except Exception as error:
                failures[one.name] = f"{one.name} pass: {type(error).__name__}: {error}"
            spent[one.name] = time.perf_counter() - began
            kept = wanted.union(*(later.needs for later in alike[i + 1 :]))
            shared = {record: value for record, value in shared.items() if record in kept}
        made |= shared
    return [_row(proxy, task, made, spent, failures) for proxy in task.proxies]


def _passes(records: Iterable[type]) -> list[Pass]:
    """Return all passes behind records, in the order they run in."""
    return closure(record for record in records if record not in COUNTED)


def _counted(setting: Setting, task: Task, wanted: frozenset[type]) -> Records:
    made: Records = {}
    if CellCounts in wanted:
        cost = setting.benchmark.cost(task.subject, setting.dataset)
        conv3x3 = setting.benchmark.cell(task.subject).count("nor_conv_3x3")
        made[CellCounts] = CellCounts(*map(_scalar, (*cost, conv3x3)))
    if LiveCounts in wanted:
        live = setting.benchmark.live_cost(task.subject, setting.dataset)
        depth = setting.benchmark.cell(task.subject).depth
        made[LiveCounts] = LiveCounts(*map(_scalar, (*live, depth)))
    if Draw in wanted:
        generator = torch.Generator().manual_seed(seed_of(task.subject, task.seed, "draw"))
        made[Draw] = Draw(torch.rand((), generator=generator, dtype=torch.float64))
    return made


def _scalar(count: int) -> torch.Tensor:
    return torch.tensor(count, dtype=torch.float64)


def _network(setting: Setting, task: Task, needed: Pass) -> Layered:
    space = setting.benchmark
    if needed.kind == "thin":
        network: Layered = thin(space.cell(task.subject))
    else:
        network = space.network(task.subject, setting.dataset)
    initialise(network, seed_of(task.subject, task.seed), needed.initialisation)
    return network.on(setting.device)


def _row(
    proxy: Proxy, task: Task, made: Records, seconds: dict[str, float], failures: dict[str, str]
) -> Score:
    needed = [one.name for one in _passes(proxy.records)]
    reason = "; ".join(failures[one] for one in needed if one in failures)
    value = math.nan
    status: Status = "failed"
    began = time.perf_counter()
    if not reason:
        try:
            value, status = float(proxy(*(made[record] for record in proxy.records))), "ok"
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
