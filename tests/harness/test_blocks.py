"""Who stands beside whom, and what happens where that fails: no memory, errors, deaths."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.nasbench201.network import build
from benchmarks.network import initialise
from harness import passes
from harness.options.parser import parser
from harness.options.run_settings import plan_of
from harness.passes import Context
from harness.runs.devices import default_workers
from harness.scoring import processes
from harness.scoring.networks import seed_of
from harness.scoring.processes import Scorer
from harness.scoring.tasks import Setting, Task, groups
from harness.scoring.workers import local, scored, scored_by
from proxies import load_all
from proxies.records import LossGradients
from tests.material.scored import CROWD, ORIGINAL, TOLERANCE, failing, run, tasks, values
from tests.material.tiny import CELLS, SPACE, setting


def test_blocks_hold_what_can_stand_side_by_side() -> None:
    where, snip = setting(), (load_all()["snip"],)
    mixed = tasks()[:5] + tasks(snip)[:3]
    found = groups(where, mixed, 2)
    assert sorted(map(len, found)) == [1, 1, 2, 2, 2]
    assert sorted(map(str, (task for block in found for task in block))) == sorted(map(str, mixed))
    assert all(len({task.proxies for task in block}) == 1 for block in found)
    assert all(len(block) == 1 for block in groups(where, mixed, 1))
    space = BENCHMARKS["nats-sss"]
    sizes = Setting(space, space.datasets[0], where.inputs, "cpu")
    of_two = [Task(arch, seed, snip) for arch in ("8:8:8:8:16", "8:8:8:8:8") for seed in (0, 1)]
    assert [[task.subject for task in block] for block in groups(sizes, of_two, 9)] == [
        ["8:8:8:8:16"] * 2,
        ["8:8:8:8:8"] * 2,
    ]
    named = [task.subject for block in groups(where, tasks(snip)[::-1], 4) for task in block]
    assert named == sorted(named)  # those with similar cells stand together


def with_pass(
    monkeypatch: pytest.MonkeyPatch, name: str, before: Callable[[Context], None]
) -> None:
    """Let a pass first do something else."""

    def changed(one: passes.Pass) -> passes.Pass:
        def function(run: Context) -> passes.Records:
            before(run)
            return one.function(run)

        function.__name__ = one.function.__name__
        return replace(one, function=function)

    table = tuple(changed(one) if one.name == name else one for one in ORIGINAL)
    monkeypatch.setattr(passes, "PASSES", table)


SNIP = (load_all()["snip"], load_all()["params"])


def test_fewer_are_scored_at_once_where_memory_runs_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried: list[int] = []
    networks: list[weakref.ref] = []

    def tight(run: Context) -> None:
        assert all(former() is None for former in networks)  # nothing holds on to memory
        tried.append(run.count)
        if run.count > 3:
            networks.append(weakref.ref(run.network))
            raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate 2 GiB.")

    expected = run(setting(), tasks(SNIP), 1)
    with_pass(monkeypatch, "slopes", tight)
    rows = [row for some in scored(setting(), tasks(SNIP), 1, 12) for row in some]
    assert values(rows) == pytest.approx(expected, rel=TOLERANCE)
    assert {row.status for row in rows} == {"ok"}
    assert tried == [12, 6, 3, 3, 3, 3, 1]  # 13 candidates; a size that failed is not tried again
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"harness: {n} candidates were not scored side by side: memory ran out; from here on at "
        f"most {n // 2} are."
        for n in (12, 6)
    ]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("CUDA error: out of memory"),
    ],
)
def test_memory_runs_out_under_many_names(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tight(run: Context) -> None:
        if run.count > 1:
            raise error

    with_pass(monkeypatch, "slopes", tight)
    scorer = Scorer(setting())
    assert len(list(scorer(tasks(SNIP)[:5]))) == 5
    assert scorer.most == 1


def test_one_that_raises_fails_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    culprit = str(CROWD[2])
    seed = seed_of(culprit, 0)
    alone = build([CROWD[2]], SPACE.around(SPACE.datasets[0]))
    initialise(alone, seed)
    mark = alone.classifier.bias.detach().clone()

    def touchy(run: Context) -> None:
        if any(torch.equal(own, mark) for own in run.network.classifier.bias.chunk(run.count)):
            raise ValueError("not this one")

    with_pass(monkeypatch, "slopes", touchy)
    rows = [row for some in scored(setting(), tasks(SNIP), 1, 6) for row in some]
    failed = [row for row in rows if row.status == "failed"]
    assert [(row.subject, row.proxy, row.reason) for row in failed] == [
        (culprit, "snip", "slopes pass: ValueError: not this one")
    ]
    assert len(rows) == 2 * len(CROWD)
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith("were not scored side by side: ValueError: not this one.")


def test_a_formula_that_raises_fails_one_proxy_of_every_member() -> None:
    def broken(loss: LossGradients) -> torch.Tensor:
        raise RuntimeError("out of luck")

    rows = [
        row for some in scored(setting(), tasks((failing(broken), *SNIP)), 1, 6) for row in some
    ]
    assert {row.proxy for row in rows if row.status == "failed"} == {"broken"}
    assert sum(row.status == "failed" for row in rows) == len(CROWD)


def test_workers_score_stacks() -> None:
    expected = run(setting(), tasks(SNIP), 1)
    rows = [row for some in scored(setting(), tasks(SNIP), 2, 4) for row in some]
    assert values(rows) == pytest.approx(expected, rel=TOLERANCE)


class Unreliable(ThreadPoolExecutor):
    """Gives up whatever it is sent together, and one candidate always."""

    def submit(self, function, /, run, where, some):
        if sum(map(len, some)) > 1 or some[0][0].subject == str(CROWD[1]):
            return super().submit(self.give_up)
        return super().submit(function, run, where, some)

    def give_up(self):
        raise ConnectionError("gone")


@pytest.mark.parametrize("stack", [1, 3, 50])
def test_other_executors_are_sent_whole_stacks_once_more_in_parts(
    stack: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_scorer", [])
    monkeypatch.setattr(processes, "_run", [])
    expected = run(setting(), tasks(SNIP), 1)
    with ThreadPoolExecutor(1) as executor:
        rows = [row for some in scored_by(executor, setting(), tasks(SNIP), stack) for row in some]
    assert values(rows) == pytest.approx(expected, rel=TOLERANCE)
    with Unreliable(1) as executor:
        rows = [row for some in scored_by(executor, setting(), tasks(SNIP), stack) for row in some]
    assert len(rows) == 2 * len(CROWD)
    failed = {row.subject: row.reason for row in rows if row.status == "failed"}
    assert failed == {str(CROWD[1]): "the executor gave it up: ConnectionError: gone"}


def test_a_gpu_is_given_one_process_and_stacks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local("cuda:0", None, 16).keywords == {"workers": 1, "stack": 16}
    assert local("cuda:0", 3, 16).keywords["workers"] == 3
    assert local("cpu", None, 1).keywords["workers"] == default_workers()
    words = ["run", "--out", "x", "--device", "cuda"]
    assert plan_of(parser().parse_args(words[:3])).stack == 1
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert plan_of(parser().parse_args(words)).stack == 16
    assert plan_of(parser().parse_args([*words, "--stack", "5"])).stack == 5


def test_a_worker_that_dies_costs_one_candidate_of_its_stack() -> None:
    alike = (failing(dies_of_convolutions), *SNIP)
    rows = [row for some in scored(setting(), tasks(alike)[:4], 2, 3) for row in some]
    assert len(rows) == 12
    lost = {row.subject for row in rows if row.status == "failed"}
    assert lost == {CELLS[0]}
    assert all("died" in row.reason for row in rows if row.status == "failed")


def dies_of_convolutions(loss: LossGradients) -> torch.Tensor:
    """End the process at the one cell here that has any."""
    if len(loss.weights) > 8:
        os._exit(9)
    return torch.tensor(1.0)
