"""Every proxy on encoders of TransNAS-Bench-101: its literal twin, alone and in a stack."""

from __future__ import annotations

import math

import pytest
import torch

from benchmarks.errors import Undefined
from benchmarks.nasbench201.cell import EDGES
from benchmarks.nasbench201.thin import thin
from benchmarks.network import Layered, initialise
from benchmarks.transnas.cell import parse
from benchmarks.transnas.network import build
from benchmarks.transnas.skeleton import Skeleton
from harness.passes import pass_for, regression
from harness.scoring.tasks import needs_network
from proxies import Proxy, load_all
from tests.literal.encoder import Encoder
from tests.material.literally import literally
from tests.material.twins import each, evaluate, inputs, moved

PIXELS = 64
SKELETON = Skeleton(width=2, outputs=3, pixels=PIXELS)
CELLS = ("64-41414-3_21_132", "64-41414-1_10_301")
DEAD = "64-41414-3_00_000"
WITH_NETWORK = sorted(proxy.name for proxy in load_all().values() if needs_network(proxy))
CENTRED = ("jacob_cov", "epe_nas", "synflow_bn", "dextr", "rbflex")
NAMES = sorted(set(WITH_NETWORK) - {*CENTRED, "meco_released", "epsinas"})
MANY = ("swap", "vkdnw")


def network(cells: tuple[str, ...], proxy: Proxy, seeds: tuple[int, ...] = (11,)) -> Layered:
    needed, parsed = pass_for(proxy.records[0]), [parse(cell) for cell in cells]
    made = thin(parsed) if needed.kind == "thin" else build(parsed, SKELETON)
    initialise(made, list(seeds), needed.initialisation)
    moved(made, [seed + 1 for seed in seeds])
    return made.double()


def twin(cell: str, made: Layered) -> Encoder:
    return Encoder(
        ops=dict(zip(EDGES, parse(cell).operations, strict=True)),
        weights=[layer.weight for layer in made.weighted],
        bias=getattr(made, "classifier", torch.nn.Linear(1, 1)).bias,
        scales=[norm.weight for norm in made.norms],
        shifts=[norm.bias for norm in made.norms],
        cells=2,
    )


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", NAMES)
def test_equals_its_literal_twin(name: str, cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)  # rounding grows with every step
    proxy = load_all()[name]
    made, seen = network((cell,), proxy), inputs(n=18 if name in MANY else 6, pixels=PIXELS)
    expected = literally(name, twin(cell, made), seen, made)
    tolerance = 1e-4 if name == "grasp" else 1e-8  # a finite difference
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=tolerance, nan_ok=True)


@pytest.mark.parametrize("cell", CELLS)
def test_network_computes_what_the_paper_draws(cell: str) -> None:
    made, seen = network((cell,), load_all()["snip"]), inputs(pixels=PIXELS)
    torch.testing.assert_close(made(seen.images), twin(cell, made)(seen.images))


@pytest.mark.parametrize("name", NAMES)
def test_a_stack_equals_its_members_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)
    proxy, seen = load_all()[name], inputs(pixels=PIXELS)
    crowd = (*CELLS, DEAD)
    beside = each(proxy, network(crowd, proxy, (20, 21, 22)), seen)
    alone = [
        evaluate(proxy, network((cell,), proxy, (seed,)), seen)
        for cell, seed in zip(crowd, (20, 21, 22), strict=True)
    ]
    assert beside == pytest.approx(alone, rel=1e-8, abs=1e-12, nan_ok=True)


def test_modules_of_the_release_are_not_counted() -> None:
    proxy = load_all()["meco_released"]
    with pytest.raises(Undefined, match="nobody has counted"):
        evaluate(proxy, network(CELLS[:1], proxy), inputs(pixels=PIXELS))


@pytest.mark.parametrize("name", CENTRED)
def test_what_differentiates_the_sum_of_logits_is_undefined(name: str) -> None:
    proxy = load_all()[name]
    with pytest.raises(Undefined, match="only sums of normalised maps"):
        evaluate(proxy, network(CELLS[:1], proxy), inputs(pixels=PIXELS))


@pytest.mark.parametrize("cell", CELLS)
def test_the_sum_of_a_minibatchs_logits_depends_on_nothing_before_the_head(cell: str) -> None:
    made, seen = network((cell,), load_all()["snip"]), inputs(pixels=PIXELS)
    images = seen.images.requires_grad_()
    logits = made(images)
    alone = torch.autograd.grad(logits[0].sum(), images, retain_graph=True)[0]
    together = torch.autograd.grad(logits.sum(), images)[0]
    assert together.abs().max() < 1e-10 * alone.abs().max()


def test_epsinas_is_undefined_for_every_map_passes_convolutions() -> None:
    """With all weights at 1e-7 float32 has no digits left."""
    proxy = load_all()["epsinas"]
    assert math.isnan(evaluate(proxy, network(CELLS[1:2], proxy), inputs(n=18, pixels=PIXELS)))
