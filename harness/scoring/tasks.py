"""What is to be scored: subjects, seeds and proxies, and what all of a run's tasks share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from benchmarks.space import Benchmark, Dataset
from harness.passes import Inputs, passes_behind
from harness.passes.inputs import channels_last
from harness.runs.forms import TIME_LIMIT
from harness.scoring.networks import COUNTED
from proxies import Proxy
from proxies.records import CellCounts


class Task(NamedTuple):
    """One subject, one seed, and the proxies to score it with."""

    subject: str
    seed: int
    proxies: tuple[Proxy, ...]


@dataclass(frozen=True)
class Setting:
    """What all tasks of a run share; sent once to each worker.

    ``plugins`` are files whose proxies a worker has to know before it is sent tasks;
    ``time_limit`` is in seconds, of one formula on one network.
    """

    benchmark: Benchmark
    dataset: Dataset
    inputs: Inputs
    device: str
    plugins: tuple[str, ...] = ()
    time_limit: float = TIME_LIMIT

    def prepared(self) -> Setting:
        """Return the setting with its inputs on the device, in the layout that runs fastest."""
        images, labels, gaussian = (part.to(self.device) for part in self.inputs)
        return replace(self, inputs=Inputs(channels_last(images), labels, channels_last(gaussian)))


def needs_network(proxy: Proxy) -> bool:
    """Whether any pass has to run; counts and random draws need none."""
    return bool(set(proxy.records) - set(COUNTED))


def counts_alone(task: Task) -> bool:
    """Whether a task is done at once in this process: nothing is run, neither of it nor by others.

    What a formula from elsewhere does to its process, it must not do to that of the run.
    """
    return all(proxy.ours and not needs_network(proxy) for proxy in task.proxies)


def belongs_to_cell(proxy: Proxy) -> bool:
    """Whether the score depends on the candidate's name, not only on the function it computes."""
    behind = passes_behind(record for record in proxy.records if record not in COUNTED)
    return CellCounts in proxy.records or any(pass_.kind == "written" for pass_ in behind)


def conditions(proxy: Proxy) -> dict[str, str]:
    """Return what every stored score says of the passes behind it."""
    behind = passes_behind(record for record in proxy.records if record not in COUNTED)
    read = [pass_ for pass_ in behind if set(pass_.yields) & set(proxy.records)]
    return {
        "initialisation": " ".join(pass_.initialisation for pass_ in read),
        "batchnorm": " ".join(pass_.batchnorm for pass_ in read),
        "sees": " ".join(pass_.sees for pass_ in read),
    }


def groups(setting: Setting, tasks: Iterable[Task], most: int) -> list[list[Task]]:
    """Return tasks in blocks of at most ``most`` that stand side by side in one network.

    They ask for the same proxies of candidates that the benchmark can stack; those with similar
    names, which have more operations in common, stand together.
    """
    if most == 1:
        return [[task] for task in tasks]
    alike: dict[object, list[Task]] = {}
    for task in sorted(tasks, key=lambda task: task.subject):
        stack = setting.benchmark.stackable(task.subject, setting.dataset)
        names = tuple(proxy.name for proxy in task.proxies)
        alike.setdefault((stack, names), []).append(task)
    return [some[i : i + most] for some in alike.values() for i in range(0, len(some), most)]
