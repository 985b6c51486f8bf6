"""The engine: each pass once, seeds by class and seed, failures kept apart, workers irrelevant."""

from __future__ import annotations

import inspect
import math
import os
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from harness import passes
from harness.passes import hessian
from harness.runs.devices import resolve_device
from harness.scoring.engine import score
from harness.scoring.imports import walk
from harness.scoring.keys import key
from harness.scoring.networks import seed_of
from harness.scoring.tasks import Task
from harness.scoring.workers import scored
from proxies import load_all
from proxies.records import LossGradients, Perturbation
from tests.material.scored import ORIGINAL, failing, run
from tests.material.tiny import CELLS, DEAD, REGISTRY, setting

ALL = tuple(REGISTRY)


def test_each_pass_runs_once_and_only_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: Counter[str] = Counter()

    def counting(one: passes.Pass) -> passes.Pass:
        def function(run: passes.Context) -> passes.Records:
            runs[one.name] += 1
            return one.function(run)

        function.__name__ = one.function.__name__
        return replace(one, function=function)

    counted = tuple(counting(one) for one in passes.PASSES)
    monkeypatch.setattr(passes, "PASSES", counted)
    score(setting(), Task(CELLS[0], 0, ALL))
    assert set(runs.values()) == {1}
    assert set(runs) == {one.name for one in passes.PASSES}
    runs.clear()
    proxies = load_all()
    score(setting(), Task(CELLS[0], 0, (proxies["snip"], proxies["nasi"], proxies["naswot"])))
    assert runs == dict.fromkeys(["forward", "slopes", "gradients", "agreement"], 1)


SHARING = (
    "snip",
    "fisher",
    "naswot",
    "nasi",
    "jacob_cov",
    "grasp",
    "ntk_trace",
    "knas",
    "hnas_trace",
)
"""Proxies of the network as the benchmark initialises it, on the minibatch."""


def test_one_forward_and_one_backward_of_the_loss_serve_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Convolutions see the minibatch forward once, gradients or not; the loss is taken once."""
    from torch.nn import Conv2d

    forwards: Counter[Conv2d] = Counter()
    original, cross_entropy = Conv2d.forward, torch.nn.functional.cross_entropy
    losses = 0

    def forward(self: Conv2d, x: torch.Tensor) -> torch.Tensor:
        if not inside:
            forwards[self] += 1
        return original(self, x)

    inside: list[str] = []  # tangents of the Hessian are no forward of the minibatch
    tangents = hessian.tangents

    def watched(*arguments: Any) -> object:
        inside.append("tangents")
        made = tangents(*arguments)
        inside.clear()
        return made

    monkeypatch.setattr(hessian, "tangents", watched)

    def loss(*arguments: torch.Tensor, **named: str) -> torch.Tensor:
        nonlocal losses
        losses += 1
        return cross_entropy(*arguments, **named)

    monkeypatch.setattr(Conv2d, "forward", forward)
    monkeypatch.setattr(torch.nn.functional, "cross_entropy", loss)
    rows = score(setting(), Task(CELLS[0], 0, tuple(load_all()[name] for name in SHARING)))
    assert [row.status for row in rows] == ["ok"] * len(SHARING)
    assert set(forwards.values()) == {1}
    assert losses == 1


def test_seeds_depend_on_the_parts_alone() -> None:
    assert seed_of("a", 1) == seed_of("a", 1) != seed_of("a", 2)
    assert seed_of("a", 11) != seed_of("a1", 1)
    assert 0 <= seed_of("x") < 2**63


def test_order_and_workers_do_not_change_a_number() -> None:
    where = setting()
    cheap = tuple(proxy for proxy in ALL if proxy.family != "few-step")
    tasks = [Task(cell, seed, cheap) for cell in (*CELLS, DEAD) for seed in range(2)]
    alone = run(where, tasks, 1)
    assert len({v for (_, proxy, _), v in alone.items() if proxy == "snip"}) > 4
    assert run(where, tasks[::-1], 1) == alone
    assert run(where, tasks, 3) == alone


def broken(loss: LossGradients) -> torch.Tensor:
    raise RuntimeError("out of luck")


def killer(loss: LossGradients) -> torch.Tensor:
    os._exit(9)


def test_a_formula_that_raises_fails_alone() -> None:
    rows = score(setting(), Task(CELLS[0], 0, (failing(broken), load_all()["snip"])))
    assert [row.status for row in rows] == ["failed", "ok"]
    assert rows[0].reason == "formula: RuntimeError: out of luck"
    assert math.isnan(rows[0].score)


def test_a_pass_that_raises_fails_what_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing_pass(name: str) -> None:
        def function(run: passes.Context) -> passes.Records:
            raise torch.OutOfMemoryError("no memory")

        function.__name__ = f"{name}_pass"
        changed = tuple(
            replace(one, function=function) if one.name == name else one for one in ORIGINAL
        )
        monkeypatch.setattr(passes, "PASSES", changed)

    failing_pass("hessian")
    rows = score(setting(), Task(CELLS[0], 0, ALL))
    assert [row.proxy for row in rows if row.status == "failed"] == ["grasp"]
    assert "hessian pass: OutOfMemoryError: no memory" in {row.reason for row in rows}
    failing_pass("forward")
    failed = [row for row in score(setting(), Task(CELLS[0], 0, ALL)) if row.status == "failed"]
    assert {row.reason for row in failed} == {"forward pass: OutOfMemoryError: no memory"}
    assert {"snip", "grasp", "ntk_trace", "naswot"} <= {row.proxy for row in failed}
    assert not {"zen", "synflow", "params"} & {row.proxy for row in failed}


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


def test_the_key_covers_every_module_that_a_pass_or_a_network_reads() -> None:
    below = {
        "benchmarks.nasbench201.blocks",
        "benchmarks.layers",
        "benchmarks.nasbench201.size",
    }
    for one in passes.PASSES:
        text = Path(inspect.getfile(one.function)).read_text("utf-8")
        pattern = r"^from ((?:harness|benchmarks)\.[\w.]+) import"
        walked = walk([one.function.__module__, type(BENCHMARKS["mini"]).__module__]).modules
        assert below | set(re.findall(pattern, text, re.MULTILINE)) <= walked, one.name
        assert {"proxies.records", "proxies.responses"} & walked, one.name


def test_the_key_covers_the_setting_of_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, zen = load_all()["zen"], passes.pass_for(Perturbation)
    before = key(proxy, BENCHMARKS["mini"])
    changed = replace(zen, initialisation="fan_in")
    monkeypatch.setattr(passes, "PASSES", tuple(changed if p is zen else p for p in ORIGINAL))
    assert key(proxy, BENCHMARKS["mini"]) != before


def test_the_key_covers_the_passes_that_a_pass_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    snip, forward = load_all()["snip"], passes.pass_for(passes.Forward)
    before = key(snip, BENCHMARKS["mini"])
    changed = replace(forward, initialisation="fan_in")
    with monkeypatch.context() as patch:
        patch.setattr(passes, "PASSES", tuple(changed if p is forward else p for p in ORIGINAL))
        assert key(snip, BENCHMARKS["mini"]) != before
    assert key(snip, BENCHMARKS["mini"]) == before


def test_the_key_follows_a_formula_and_not_what_is_said_of_it() -> None:
    snip = load_all()["snip"]
    here = BENCHMARKS["mini"]
    other = replace(snip, function=load_all()["synflow"].function)
    assert key(snip, here) != key(other, here)
    assert key(snip, here) == key(replace(snip, source="elsewhere"), here)
    assert key(snip, here) == key(snip, BENCHMARKS["nats-tss"])  # of one family
