"""A GPU gives what the CPU does; skipped where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.images import minibatch
from benchmarks.space import Benchmark
from harness.passes import Inputs
from harness.scoring.engine import made
from harness.scoring.inputs import frozen_inputs
from harness.scoring.networks import Networks
from harness.scoring.tasks import Setting, Task, needs_network
from harness.scoring.workers import scored
from proxies import Proxy, load_all
from tests.material.tiny import CELLS, setting

NETWORKED = tuple(
    proxy for proxy in load_all().values() if needs_network(proxy) and proxy.family != "few-step"
)
SMALL = (
    BENCHMARKS["mini"],
    replace(BENCHMARKS["nas-bench-macro"], width=8, last=40),
    replace(BENCHMARKS["transnas-micro"], width=8),
    replace(BENCHMARKS["transnas-macro"], width=8),
)
UNSURE = {"grasp", "plain"}
"""Sums whose terms cancel: rounding alone moves them."""

IMAGES = 6

gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")


def in_float64(space: Benchmark, proxies: tuple[Proxy, ...], device: str) -> dict[str, float]:
    """Return the scores of a space's first example; undefined ones are left out."""
    dataset = space.datasets[0]
    inputs, _ = frozen_inputs(minibatch("noise", dataset, IMAGES, 0, "random"))
    images, labels, gaussian = Setting(space, dataset, inputs, device).prepared().inputs
    networks = Networks(space, dataset, [space.examples.connected[0]], [0], device, torch.float64)
    wanted = frozenset(record for proxy in proxies for record in proxy.records)
    result = made(networks, Inputs(images.double(), labels, gaussian.double()), wanted, catch=True)
    assert not result.failures
    return {
        proxy.name: float(proxy(*(result.records[record][0] for record in proxy.records)))
        for proxy in proxies
        if set(proxy.records) <= result.records.keys()
    }


@gpu
@pytest.mark.parametrize("space", SMALL, ids=lambda space: space.name)
def test_in_float64_a_gpu_gives_what_the_cpu_does(space: Benchmark) -> None:
    there = in_float64(space, NETWORKED, "cuda:0")
    assert there == pytest.approx(in_float64(space, NETWORKED, "cpu"), rel=1e-6, nan_ok=True)


@gpu
def test_in_float32_it_is_near_and_who_stands_beside_does_not_matter() -> None:
    proxies = tuple(proxy for proxy in NETWORKED if proxy.name not in UNSURE)
    tasks = [Task(cell, 0, proxies) for cell in CELLS]
    of_cpu, alone, beside = (
        {
            (row.subject, row.proxy): row.score
            for rows in scored(replace(setting(), device=where), tasks, 1, stack)
            for row in rows
        }
        for where, stack in (("cpu", 1), ("cuda:0", 1), ("cuda:0", 3))
    )
    for scores in (alone, beside):
        assert scores == pytest.approx(of_cpu, rel=0.1, nan_ok=True)
