"""Every proxy against its literal twin, in float64 and as it runs, and against golden values."""

from __future__ import annotations

import math

import pytest
import torch

from harness.passes import information, regression
from harness.scoring.tasks import needs_network
from proxies import load_all
from proxies.records import InputJacobian, TrueLogitKernel
from tests import literal
from tests.material.literally import literally
from tests.material.twins import CELLS, evaluate, inputs, network, twin

NETWORKLESS = {name for name, one in load_all().items() if not needs_network(one)}
GOLDEN = {
    "dextr": 2.3336139488294134,
    "epe_nas": 11.538787532935658,
    "epsinas": 0.45002409532955473,
    "expressivity": 14.926104791076892,
    "fisher": 6.630985251991567,
    "gennas": 2.0749928972188822,
    "grad_norm": 67.18814226919999,
    "grad_norm_squared": 238.17783297185753,
    "gradsign": 26187.0,
    "grasp": 103.7013606724407,
    "hnas_condition": 18.11354969525471,
    "hnas_trace": 92.59658498337393,
    "jacob_cov": -6.261965646993595,
    "knas": 584.9945373244365,
    "l2_norm": 54.89955000840753,
    "linear_regions": 708.0,
    "meco": 32.35216794701948,
    "meco_opt": 50.834763905632485,
    "meco_released": 56.42786826435012,
    "near": 578.1071355864412,
    "nasi": 241.4529150932728,
    "nasi_sum": 23109.66865706145,
    "naswot": 47.096261955594734,
    "ntk_condition": 11.733294684026133,
    "ntk_trace": 110449.50195332227,
    "ntk_trace_probe": 170896.50078046494,
    "plain": 0.4407484841598066,
    "progressivity": -0.05004009816703525,
    "rbflex": -248.16982358030043,
    "snip": 59.90844139750625,
    "swap": 64.0,
    "synflow": 240225927239.63043,
    "synflow_bn": 87.82899807967786,
    "trainability": -0.4406219356600952,
    "vkdnw": 32.28453854266036,
    "wrcor": 46.103833581920874,
    "zen": 43.619013020268326,
    "zico": 232.75996926610176,
}

MANY = ("epsinas", "vkdnw")
"""Of few images epsinas leaves out nearly all, and the matrix of vkdnw has nearly no rank."""


WITH_NETWORK = sorted(set(load_all()) - NETWORKLESS)


def test_every_proxy_has_a_twin_and_a_golden_value() -> None:
    assert all(hasattr(literal, name) for name in WITH_NETWORK)
    assert sorted(GOLDEN) == WITH_NETWORK


@pytest.mark.parametrize("cell", CELLS)
def test_network_computes_what_the_paper_draws(cell: str) -> None:
    made = network(cell, load_all()["snip"])
    seen = inputs()
    torch.testing.assert_close(made(seen.images), twin(cell, made)(seen.images))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", WITH_NETWORK)
def test_equals_its_literal_twin(name: str, cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)  # rounding grows with every step
    proxy = load_all()[name]
    # swap reads the first 16 images: fewer patterns than ReLUs, more than 16 images
    made, seen = network(cell, proxy), inputs(n=18 if name in ("swap", *MANY) else 6)
    expected = literally(name, twin(cell, made), seen, made)
    tolerance = 1e-4 if name == "grasp" else 1e-8  # a finite difference
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=tolerance, nan_ok=True)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_float32_stays_near_float64(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = load_all()[name]
    monkeypatch.setattr(regression, "STEPS", 20)  # in a hundred both have gone further apart
    exact = evaluate(proxy, network(CELLS[0], proxy), inputs())
    fast = evaluate(proxy, network(CELLS[0], proxy, torch.float32), inputs(torch.float32))
    assert fast == pytest.approx(exact, rel=5e-2 if proxy.family == "few-step" else 2e-3)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_golden_value(name: str) -> None:
    proxy = load_all()[name]
    value = evaluate(proxy, network(CELLS[0], proxy), inputs(n=18 if name in MANY else 6))
    assert math.isfinite(value)
    few_step = proxy.family == "few-step"  # rounding grows with every step
    assert value == pytest.approx(GOLDEN[name], rel=2e-2 if few_step else 1e-6)


@pytest.mark.parametrize("name", ["zico", "nasi_sum", "jacob_cov", "epe_nas"])
def test_an_odd_minibatch_is_scored_too(name: str) -> None:
    proxy = load_all()[name]
    made, seen = network(CELLS[0], proxy), inputs(n=7)
    expected = literally(name, twin(CELLS[0], made), seen, made)
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("classes", [100, 101])
def test_epe_nas_has_another_formula_beyond_a_hundred_classes(classes: int) -> None:
    jacobian = inputs(n=9).images.flatten(1)
    labels = torch.tensor([5, 5, 7, 7, 7, 90, 90, 3, 4])  # two classes of one image
    found = load_all()["epe_nas"](InputJacobian(jacobian, labels, classes))
    assert float(found) == pytest.approx(literal.epe_of(jacobian, labels.tolist(), classes))
    alone = InputJacobian(jacobian, torch.arange(9), classes)
    assert math.isnan(float(load_all()["epe_nas"](alone)))


def test_hnas_condition_is_undefined_where_only_the_bias_has_a_gradient() -> None:
    """With as many classes as images the biases' kernel alone would be perfectly conditioned."""
    record = TrueLogitKernel(torch.zeros(4, 4), torch.eye(4))
    assert math.isnan(float(load_all()["hnas_condition"](record)))


def test_vkdnw_reads_the_first_tensors_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(information, "TENSORS", 40)
    proxy, seen = load_all()["vkdnw"], inputs(n=18)
    made = network(CELLS[0], proxy)
    expected = literally("vkdnw", twin(CELLS[0], made), seen, made)
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=1e-8)
