"""Every proxy on networks of TransNAS-Bench-101's macro space: its literal twin, and in a stack."""

from __future__ import annotations

import pytest
import torch

from benchmarks.errors import Undefined
from benchmarks.network import Layered, initialise
from benchmarks.transnas.modules import Modules
from benchmarks.transnas.residual import build
from harness.passes import pass_for, regression
from harness.scoring.tasks import needs_network
from proxies import Proxy, load_all
from tests.literal.residual import Residual
from tests.material.literally import literally
from tests.material.twins import each, evaluate, inputs, moved

PIXELS = 32
DIGITS = ("1234", "41311", "3121")
WITH_NETWORK = sorted(proxy.name for proxy in load_all().values() if needs_network(proxy))
CENTRED = ("jacob_cov", "epe_nas", "synflow_bn", "dextr", "rbflex")
NAMES = sorted(set(WITH_NETWORK) - {*CENTRED, "meco_released", "epsinas", "linear_regions"})
MANY = ("swap", "vkdnw")


def network(digits: str, proxy: Proxy, seeds: tuple[int, ...] = (11,)) -> Layered:
    made = build(Modules.parse(f"64-{digits}-basic"), 2, 3, len(seeds))
    initialise(made, list(seeds), pass_for(proxy.records[0]).initialisation)
    moved(made, [seed + 1 for seed in seeds])
    return made.double()


def twin(digits: str, made: Layered) -> Residual:
    return Residual(
        ops={},
        weights=[layer.weight for layer in made.weighted],
        bias=made.classifier.bias,
        scales=[norm.weight for norm in made.norms],
        shifts=[norm.bias for norm in made.norms],
        cells=2,
        digits=digits,
    )


PAIRS = [(name, d) for name in NAMES for d in DIGITS if name != "gennas" or d == DIGITS[0]]


@pytest.mark.parametrize(("name", "digits"), PAIRS)
def test_equals_its_literal_twin(name: str, digits: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)  # rounding grows with every step
    proxy = load_all()[name]
    made, seen = network(digits, proxy), inputs(n=18 if name in MANY else 6, pixels=PIXELS)
    expected = literally(name, twin(digits, made), seen, made)
    tolerance = 1e-4 if name == "grasp" else 1e-8  # a finite difference
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=tolerance, nan_ok=True)


@pytest.mark.parametrize("digits", DIGITS[1:])
def test_gennas_is_undefined_without_three_stages(digits: str) -> None:
    proxy = load_all()["gennas"]
    with pytest.raises(Undefined, match="signals are for three stages, and it has"):
        evaluate(proxy, network(digits, proxy), inputs(pixels=PIXELS))


@pytest.mark.parametrize("digits", DIGITS)
def test_network_computes_what_the_paper_draws(digits: str) -> None:
    made, seen = network(digits, load_all()["snip"]), inputs(pixels=PIXELS)
    torch.testing.assert_close(made(seen.images), twin(digits, made)(seen.images))


@pytest.mark.parametrize("name", NAMES)
def test_seeds_stand_side_by_side(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)
    proxy, seen = load_all()[name], inputs(pixels=PIXELS)
    beside = each(proxy, network(DIGITS[0], proxy, (20, 21)), seen)
    alone = [evaluate(proxy, network(DIGITS[0], proxy, (seed,)), seen) for seed in (20, 21)]
    assert beside == pytest.approx(alone, rel=1e-8, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", CENTRED)
def test_what_differentiates_the_sum_of_logits_is_undefined(name: str) -> None:
    proxy = load_all()[name]
    with pytest.raises(Undefined, match="only sums of normalised maps"):
        evaluate(proxy, network(DIGITS[0], proxy), inputs(pixels=PIXELS))


@pytest.mark.parametrize("digits", DIGITS)
def test_the_sum_of_a_minibatchs_logits_depends_on_nothing_before_the_head(digits: str) -> None:
    made, seen = network(digits, load_all()["snip"]), inputs(pixels=PIXELS)
    images = seen.images.requires_grad_()
    logits = made(images)
    alone = torch.autograd.grad(logits[0].sum(), images, retain_graph=True)[0]
    together = torch.autograd.grad(logits.sum(), images)[0]
    assert together.abs().max() < 1e-10 * alone.abs().max()
