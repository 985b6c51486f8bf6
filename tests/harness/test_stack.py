"""Candidates side by side in one network: each scores as it does alone, whatever stands beside."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import torch

from benchmarks.cell import Cell, every_cell
from benchmarks.network import Layered, Skeleton, build, initialise
from benchmarks.size import SIZE_CELL
from benchmarks.spaces import BENCHMARKS
from benchmarks.thin import thin
from harness import engine, passes
from harness.engine import Task, blocks, needs_network
from harness.passes import Inputs, Run, closure, pass_for, regression
from harness.workers import Scorer, scored
from proxies import Proxy, load_all
from proxies.records import LossGradients
from tests.harness.test_engine import ORIGINAL, failing, run, values
from tests.proxies.test_contract import CELLS, DEAD, SPACE, setting
from tests.proxies.test_twins import inputs

DRAWN = random.Random(0).sample(list(every_cell()), 8)
CROWD = [*map(Cell.parse, (*CELLS, DEAD)), *DRAWN, Cell(("nor_conv_3x3",) * 6)]
SKELETON = Skeleton((4, 8, 8, 16, 16), cells=2, classes=3, pixels=8)
WIDENING = Skeleton((4, 8, 12, 12, 16), cells=1, classes=3, pixels=8)
WITH_NETWORK = sorted(proxy.name for proxy in load_all().values() if needs_network(proxy))
EVERY = tuple(load_all().values())


def network(cells: Sequence[Cell], seeds: list[int], skeleton: Skeleton, proxy: Proxy) -> Layered:
    """Return a network in float64, its normalisations away from 1 and 0."""
    needed = pass_for(proxy.records[0])
    made = thin(cells) if needed.kind == "thin" else build(cells, skeleton)
    initialise(made, seeds, needed.initialisation)
    draws = [torch.Generator().manual_seed(seed + 1) for seed in seeds]
    with torch.no_grad():
        for norm in made.norms:
            for parameter, low in ((norm.weight, 0.5), (norm.bias, -0.5)):
                parts = parameter.chunk(len(norm.members))
                for member, part in zip(norm.members, parts, strict=True):
                    part.uniform_(low, low + 1, generator=draws[member])
    return made.double()


def each(proxy: Proxy, made: Layered, seen: Inputs) -> list[float]:
    records: dict = {}
    for one in closure(proxy.records):
        records |= one.function(Run(made, seen, frozenset(proxy.records), records))
    read = zip(*(records[record] for record in proxy.records), strict=True)
    return [float(proxy(*own)) for own in read]


def check(name: str, cells: Sequence[Cell], skeleton: Skeleton) -> None:
    proxy, seen, seeds = load_all()[name], inputs(), list(range(20, 20 + len(cells)))
    beside = each(proxy, network(cells, seeds, skeleton, proxy), seen)
    pairs = zip(cells, seeds, strict=True)
    alone = [each(proxy, network([c], [seed], skeleton, proxy), seen)[0] for c, seed in pairs]
    assert beside == pytest.approx(alone, rel=1e-8, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_in_float64_a_stack_equals_its_members_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)  # rounding grows with every step
    check(name, CROWD, SKELETON)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_seeds_of_a_candidate_of_the_size_space_stand_side_by_side(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)
    check(name, [SIZE_CELL] * 3, WIDENING)


def test_what_a_network_draws_does_not_depend_on_those_beside_it() -> None:
    seeds = list(range(len(CROWD)))
    stack = build(CROWD, SKELETON)
    initialise(stack, seeds)
    for i, cell in enumerate(CROWD):
        alone = build([cell], SKELETON)
        initialise(alone, i)
        layers = [layer for layer in stack.weighted if i in layer.members]
        for one, layer in zip(alone.weighted, layers, strict=True):
            own = layer.weight.chunk(len(layer.members))[layer.members.index(i)]
            assert torch.equal(one.weight, own)


def tasks(proxies: tuple[Proxy, ...] = EVERY) -> list[Task]:
    return [Task(str(cell), 0, proxies) for cell in CROWD]


TOLERANCE = 1e-4
"""Of a score in float32."""


def test_the_engine_gives_the_scores_of_members_alone() -> None:
    """In float32; GenNAS trains, and rounding grows with every step."""
    where, trained = setting(), {proxy.name for proxy in EVERY if proxy.family == "few-step"}
    alone = run(where, tasks(), 1)
    for stack in (4, 50):
        rows = [row for some in scored(where, tasks(), 1, stack) for row in some]
        beside = values(rows)
        assert beside.keys() == alone.keys()
        for one, value in beside.items():
            tolerance = 2e-2 if one[1] in trained else TOLERANCE
            assert value == pytest.approx(alone[one], rel=tolerance, abs=1e-6), one


def test_blocks_hold_what_can_stand_side_by_side() -> None:
    where, snip = setting(), (load_all()["snip"],)
    mixed = tasks()[:5] + tasks(snip)[:3]
    found = blocks(where, mixed, 2)
    assert sorted(map(len, found)) == [1, 1, 2, 2, 2]
    assert sorted(map(str, (task for block in found for task in block))) == sorted(map(str, mixed))
    assert all(len({task.proxies for task in block}) == 1 for block in found)
    assert all(len(block) == 1 for block in blocks(where, mixed, 1))
    space = BENCHMARKS["nats-sss"]
    sizes = engine.Setting(space, space.datasets[0], where.inputs, "cpu")
    of_two = [Task(arch, seed, snip) for arch in ("8:8:8:8:8", "8:8:8:8:16") for seed in (0, 1)]
    assert [[task.subject for task in block] for block in blocks(sizes, of_two, 9)] == [
        ["8:8:8:8:8"] * 2,
        ["8:8:8:8:16"] * 2,
    ]


def with_pass(monkeypatch: pytest.MonkeyPatch, name: str, before: Callable[[Run], None]) -> None:
    """Let a pass first do something else."""

    def changed(one: passes.Pass) -> passes.Pass:
        def function(run: Run) -> passes.Records:
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

    def tight(run: Run) -> None:
        tried.append(run.count)
        if run.count > 3:
            raise torch.OutOfMemoryError("CUDA out of memory.\nTried to allocate 2 GiB.")

    expected = run(setting(), tasks(SNIP), 1)
    with_pass(monkeypatch, "slopes", tight)
    rows = [row for some in scored(setting(), tasks(SNIP), 1, 12) for row in some]
    assert values(rows) == pytest.approx(expected, rel=TOLERANCE)
    assert {row.status for row in rows} == {"ok"}
    assert tried == [12, 6, 3, 3, 3, 3, 1]  # 13 candidates; a size that failed is not tried again
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"harness: {n} candidates were not scored side by side (memory ran out); from here on at "
        f"most {n // 2} are."
        for n in (12, 6)
    ]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
)
def test_memory_of_the_cpu_runs_out_as_well(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tight(run: Run) -> None:
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
    seed = engine.seed_of(culprit, 0)
    alone = build([CROWD[2]], SPACE.around(SPACE.datasets[0]))
    initialise(alone, seed)
    mark = alone.classifier.bias.detach().clone()

    def touchy(run: Run) -> None:
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
    assert "(ValueError: not this one); they are scored one by one" in said


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
