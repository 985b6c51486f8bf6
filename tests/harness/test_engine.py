"""The engine: each pass once, seeds by class and seed, failures kept apart, workers irrelevant."""

from __future__ import annotations

import math
import os
from collections import Counter

import pytest
import torch

from benchmarks.errors import BadInput
from harness import engine, passes
from harness.engine import Setting, Task, key, score, seed_of
from harness.workers import resolve_device, scored
from proxies import Proxy, load_all
from proxies.records import LossGradients
from tests.proxies.test_contract import CELLS, DEAD, REGISTRY, setting

ALL = tuple(REGISTRY)


def values(rows: list) -> dict:
    return {(row.subject, row.proxy, row.seed): row.score for row in rows if row.status == "ok"}


def run(where: Setting, tasks: list[Task], workers: int) -> dict:
    return values([row for rows in scored(where, tasks, workers) for row in rows])


def test_each_pass_runs_once_and_only_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: Counter[str] = Counter()

    def counting(one: passes.Pass) -> passes.Pass:
        def function(*arguments: object) -> object:
            runs[one.name] += 1
            return one.function(*arguments)  # type: ignore[arg-type]

        function.__name__ = one.function.__name__
        return passes.Pass(function, one.yields, one.initialisation, one.batchnorm, one.sees)  # type: ignore[arg-type]

    counted = tuple(counting(one) for one in passes.PASSES)
    monkeypatch.setattr(engine, "PASSES", counted)
    score(setting(), Task(CELLS[0], 0, ALL))
    assert set(runs.values()) == {1}
    assert set(runs) == {one.name for one in passes.PASSES}
    runs.clear()
    proxies = load_all()
    score(setting(), Task(CELLS[0], 0, (proxies["snip"], proxies["nasi"], proxies["naswot"])))
    assert runs == {"loss": 1}


def test_one_forward_serves_the_whole_loss_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    forwards = 0
    from benchmarks.network import Network

    original = Network.forward

    def forward(self: Network, x: torch.Tensor) -> torch.Tensor:
        nonlocal forwards
        forwards += 1
        return original(self, x)

    monkeypatch.setattr(Network, "forward", forward)
    names = ("grad_norm", "snip", "plain", "fisher", "naswot", "nasi", "jacob_cov")
    score(setting(), Task(CELLS[0], 0, tuple(load_all()[name] for name in names)))
    assert forwards == 1


def test_seeds_depend_on_the_parts_alone() -> None:
    assert seed_of("a", 1) == seed_of("a", 1) != seed_of("a", 2)
    assert seed_of("a", 11) != seed_of("a1", 1)
    assert 0 <= seed_of("x") < 2**63


def test_order_and_workers_do_not_change_a_number() -> None:
    where = setting()
    tasks = [Task(cell, seed, ALL) for cell in (*CELLS, DEAD) for seed in range(2)]
    alone = run(where, tasks, 1)
    assert len({v for (_, proxy, _), v in alone.items() if proxy == "snip"}) > 4
    assert run(where, tasks[::-1], 1) == alone
    assert run(where, tasks, 3) == alone


def broken(loss: LossGradients) -> torch.Tensor:
    raise RuntimeError("out of luck")


def killer(loss: LossGradients) -> torch.Tensor:
    os._exit(9)


def failing(function: object) -> Proxy:
    settings = vars(load_all()["snip"]) | {"name": function.__name__, "function": function}  # type: ignore[attr-defined]
    return Proxy(**settings)


def test_a_formula_that_raises_fails_alone() -> None:
    rows = score(setting(), Task(CELLS[0], 0, (failing(broken), load_all()["snip"])))
    assert [row.status for row in rows] == ["failed", "ok"]
    assert rows[0].reason == "formula: RuntimeError: out of luck"
    assert math.isnan(rows[0].score)


def test_a_pass_that_raises_fails_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def hessian_pass(*_: object) -> None:
        raise torch.OutOfMemoryError("no memory")

    changed = tuple(
        passes.Pass(hessian_pass, one.yields, one.initialisation, one.batchnorm, one.sees)  # type: ignore[arg-type]
        if one.name == "hessian"
        else one
        for one in passes.PASSES
    )
    monkeypatch.setattr(engine, "PASSES", changed)
    monkeypatch.setattr(
        engine, "pass_for", lambda record: next(p for p in changed if record in p.yields)
    )
    rows = score(setting(), Task(CELLS[0], 0, ALL))
    assert [row.proxy for row in rows if row.status == "failed"] == ["grasp"]
    assert "hessian pass: OutOfMemoryError: no memory" in {row.reason for row in rows}


def test_a_worker_that_dies_fails_its_cell_and_the_rest_goes_on() -> None:
    dying = failing(killer)
    healthy = load_all()["snip"]
    tasks = [Task(cell, 0, (healthy,)) for cell in (*CELLS, DEAD)]
    tasks.insert(1, Task(CELLS[0], 1, (dying,)))
    rows = [row for some in scored(setting(), tasks, 2) for row in some]
    assert sorted(row.status for row in rows) == ["failed", "ok", "ok", "ok", "ok"]
    (failed,) = [row for row in rows if row.status == "failed"]
    assert "died" in failed.reason


def test_a_missing_gpu_is_said_and_the_cpu_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == ("cpu", "")
    device, remark = resolve_device("cuda")
    assert device == "cpu"
    assert "no GPU is usable" in remark


def test_a_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert resolve_device("auto")[0] == resolve_device("cuda")[0] == "cuda:0"
    assert resolve_device("cuda:1")[0] == "cuda:1"
    with pytest.raises(BadInput, match="one of 2 GPUs"):
        resolve_device("cuda:2")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_gpu_and_cpu_agree() -> None:
    on_cpu = values(score(setting(), Task(CELLS[0], 0, ALL)))
    where = Setting(setting().benchmark, setting().dataset, setting().inputs, "cuda:0").prepared()
    on_gpu = values(score(where, Task(CELLS[0], 0, ALL)))
    assert on_gpu == pytest.approx(on_cpu, rel=1e-2)


def test_the_key_changes_with_the_formula_alone() -> None:
    snip = load_all()["snip"]
    changed = Proxy(**{**vars(snip), "formula": "another"})
    assert key(snip) != key(changed)
    assert key(snip) == key(Proxy(**{**vars(snip), "source": "elsewhere"}))
