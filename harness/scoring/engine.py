"""Records of networks, and scores from records: each pass that is needed runs once."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import torch
from torch import Tensor

from benchmarks.errors import Undefined
from benchmarks.network import Layered
from benchmarks.printable import brief
from harness.passes import Context, Inputs, Pass, Records, passes_behind
from harness.scoring.formulas import evaluated
from harness.scoring.limit import TookLonger, within
from harness.scoring.networks import COUNTED, Networks
from harness.scoring.store import Score, Status
from harness.scoring.tasks import Setting, Task
from proxies import Proxy

NetworkFor = Callable[[Pass], Layered]
"""Gives the network that a pass runs on, initialised as it asks; several may stand side by side."""


@dataclass
class PassResults:
    """What passes made: ``records`` hold one of each kind a network.

    ``failures`` says why a pass, by name, made none; ``absent`` why this family of networks has
    none; ``seconds`` is what each took.
    """

    records: Records = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def records(network_for: NetworkFor, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Return the wanted records, each a list of one a network: every pass behind them runs once.

    Raises:
        Undefined: these networks have no such record.
        Exception: a pass raises.
    """
    result = made(network_for, inputs, wanted, catch=False)
    for reason in result.absent.values():
        raise Undefined(reason)
    return result.records


def made(
    network_for: NetworkFor, inputs: Inputs, wanted: frozenset[type], *, catch: bool
) -> PassResults:
    """Run the passes behind the wanted records in order, in the modes that they claim.

    With ``catch``, a pass that raises is noted and those that need it are left out. One that these
    networks do not have is always noted.
    """
    result = PassResults()
    behind = passes_behind(record for record in wanted if record not in COUNTED)
    for _, group in groupby(behind, key=lambda pass_: (pass_.kind, pass_.initialisation)):
        shared: Records = {}  # what passes hand on, freed when none is left that needs it
        network: Layered | None = None
        alike = list(group)
        for i, pass_ in enumerate(alike):
            began = time.perf_counter()
            try:
                network = network or network_for(pass_)
                if all(record in shared for record in pass_.needs):
                    with network.normalised(pass_.batchnorm):
                        shared |= pass_.function(Context(network, inputs, wanted, shared))
                    _synchronise(inputs.images)
            except Undefined as error:
                result.absent[pass_.name] = str(error)
            except Exception as error:
                if not catch:
                    raise
                result.failures[pass_.name] = f"{pass_.name} pass: {type(error).__name__}: {error}"
            result.seconds[pass_.name] = time.perf_counter() - began
            kept = wanted.union(*(later.needs for later in alike[i + 1 :]))
            shared = {record: value for record, value in shared.items() if record in kept}
        result.records |= shared
    return result


def score(setting: Setting, task: Task) -> list[Score]:
    """Score one subject: each pass that a proxy needs runs once, then the formulas.

    A pass or a formula that raises marks the proxies it serves as failed, with the reason; the
    others are not affected.
    """
    (rows,) = score_group(setting, [task])
    return rows


def score_group(setting: Setting, tasks: Sequence[Task]) -> list[list[Score]]:
    """Score subjects whose networks stand side by side in one; see :func:`tasks.groups`.

    Raises:
        Exception: a pass raises, and as there are several subjects it is not known whose fault it
            is. Score fewer.
    """
    wanted = frozenset(record for proxy in tasks[0].proxies for record in proxy.records)
    subjects, seeds = [task.subject for task in tasks], [task.seed for task in tasks]
    networks = Networks(setting.benchmark, setting.dataset, subjects, seeds, setting.device)
    results = made(networks, setting.inputs, wanted, catch=len(tasks) == 1)
    for record in wanted & COUNTED.keys():
        count = COUNTED[record]
        results.records[record] = [
            count(setting.benchmark, setting.dataset, task.subject, task.seed) for task in tasks
        ]
    each = [
        {record: results.records[record][i] for record in results.records.keys() & wanted}
        for i in range(len(tasks))
    ]
    seconds = {name: spent / len(tasks) for name, spent in results.seconds.items()}
    return [
        [_row(proxy, task, own, seconds, results, setting.time_limit) for proxy in task.proxies]
        for task, own in zip(tasks, each, strict=True)
    ]


def _row(
    proxy: Proxy,
    task: Task,
    own: Records,
    seconds: dict[str, float],
    results: PassResults,
    limit: float,
) -> Score:
    """Return a score; its key is for the store to add."""
    behind = passes_behind(record for record in proxy.records if record not in COUNTED)
    names = [pass_.name for pass_ in behind]
    failed, absent = (
        "; ".join(said[name] for name in names if name in said)
        for said in (results.failures, results.absent)
    )
    reason = failed or absent
    value = math.nan
    status: Status = "failed" if failed or not absent else "undefined"
    began = time.perf_counter()
    if not reason:
        try:
            given = [own[record] for record in proxy.records]
            value = within(limit, lambda: evaluated(proxy, given))
            status = "ok"
        except TookLonger as error:
            reason = f"formula: {error}"
        except BaseException as error:  # someone else's code: it may even end the program
            if isinstance(error, KeyboardInterrupt) and not _deaf():
                raise
            reason = f"formula: {brief(error)}"
    if status == "ok" and not math.isfinite(value):
        reason = f"{proxy.undefined or 'the score is not finite'}: {value}"
        value, status = math.nan, "undefined"
    spent = time.perf_counter() - began + sum(seconds[pass_.name] for pass_ in behind)
    return Score(task.subject, proxy.name, task.seed, "", value, status, reason, spent)


def _deaf() -> bool:
    """Whether Ctrl-C does not reach this process: then it was the formula that raised."""
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def _synchronise(images: Tensor) -> None:
    if images.is_cuda:
        torch.cuda.synchronize(images.device)
