"""Candidates side by side in one network: each scores as it does alone, whatever stands beside."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch

from benchmarks.nasbench201.cell import Cell
from benchmarks.nasbench201.network import build
from benchmarks.nasbench201.size import SIZE_CELL
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.nasbench201.thin import thin
from benchmarks.network import Layered, initialise
from harness.passes import pass_for, regression
from harness.scoring.tasks import needs_network
from harness.scoring.workers import scored
from proxies import Proxy, load_all
from tests.material.scored import CROWD, EVERY, TOLERANCE, run, tasks, values
from tests.material.tiny import setting
from tests.material.twins import each, inputs, moved

SKELETON = Skeleton((4, 8, 8, 16, 16), cells=2, classes=3, pixels=8)
WIDENING = Skeleton((4, 8, 12, 12, 16), cells=1, classes=3, pixels=8)
WITH_NETWORK = sorted(proxy.name for proxy in load_all().values() if needs_network(proxy))


def network(cells: Sequence[Cell], seeds: list[int], skeleton: Skeleton, proxy: Proxy) -> Layered:
    """Return a network in float64, its normalisations away from 1 and 0."""
    needed = pass_for(proxy.records[0])
    whole = build(cells, skeleton, written=needed.kind == "written")
    made = thin(cells) if needed.kind == "thin" else whole
    initialise(made, seeds, needed.initialisation)
    moved(made, [seed + 1 for seed in seeds])
    return made.double()


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
        layers = [layer for layer in stack.weighted if i in layer.lanes]
        for one, layer in zip(alone.weighted, layers, strict=True):
            own = layer.weight.chunk(len(layer.lanes))[layer.lanes.index(i)]
            assert torch.equal(one.weight, own)


def test_the_engine_gives_the_scores_of_members_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """In float32; GenNAS trains, and rounding grows with every step."""
    monkeypatch.setattr(regression, "STEPS", 8)
    where, trained = setting(), {proxy.name for proxy in EVERY if proxy.family == "few-step"}
    alone = run(where, tasks(), 1)
    rows = [row for some in scored(where, tasks(), 1, 7) for row in some]
    beside = values(rows)
    assert beside.keys() == alone.keys()
    for one, value in beside.items():
        tolerance = 2e-2 if one[1] in trained else TOLERANCE
        assert value == pytest.approx(alone[one], rel=tolerance, abs=1e-6), one


def test_a_member_whose_weights_are_not_numbers_leaves_the_others_as_they_are() -> None:
    seen, proxy = inputs(torch.float32), load_all()["snip"]
    healthy, broken = (build(CROWD, SKELETON) for _ in range(2))
    for stack in (healthy, broken):
        initialise(stack, 4)
    with torch.no_grad():
        for layer in broken.weighted:
            if 2 in layer.lanes:
                layer.weight.chunk(len(layer.lanes))[layer.lanes.index(2)].fill_(torch.nan)
    expected, found = (each(proxy, stack, seen) for stack in (healthy, broken))
    assert torch.isnan(torch.tensor(found)).tolist() == [i == 2 for i in range(len(CROWD))]
    expected[2] = found[2]
    assert found == pytest.approx(expected, nan_ok=True)
