"""Every rule of the contract finds the proxy that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from benchmarks.space import Examples
from harness.contract import checks
from harness.contract.checks import CHECKS
from harness.contract.finding import Check, run_check
from harness.contract.workbench import Workbench
from proxies import Proxy, load_all
from proxies import records as r
from tests.material.tiny import setting, workbench

Formula = Callable[..., Tensor]


def proxy(function: Formula, *records: type, undefined: str = "") -> Proxy:
    return Proxy("faulty", function, records, True, "nowhere", undefined, "zero-cost")


def norm(weights: Any) -> Tensor:
    """Return the sum of the norms of all weights, in 32 bits as they stand, which is of no use."""
    return torch.stack([weight.norm() for weight in weights.weights]).sum()


def unsaid(weights: Any) -> Tensor:
    return norm(weights)


def constant(weights: Any) -> Tensor:
    return torch.ones(())


def random(weights: Any) -> Tensor:
    return torch.rand(())


def wiping(loss: Any) -> Tensor:
    loss.grads[0].zero_()
    return norm(loss)


def thirteenth_layer(weights: Any) -> Tensor:
    return weights.weights[12].norm()


def counting() -> Formula:
    """Return a formula that tells how often it was called."""
    called: list[int] = []

    def count(weights: Any) -> Tensor:
        called.append(0)
        return torch.tensor(float(len(called)))

    return count


def first_image(kernel: Any) -> Tensor:
    return kernel.gram[0, 0]


def layers(weights: Any) -> Tensor:
    return torch.tensor(float(sum(weight.numel() for weight in weights.weights)))


def cancelling(weights: Any) -> Tensor:
    total = norm(weights)
    return (1e8 + total) - 1e8


def logarithm(loss: Any) -> Tensor:
    return torch.stack([grad.abs().sum() for grad in loss.grads[:-1]]).sum().log()


FAULTY = {
    "documented": (proxy(unsaid, r.Weights), "add both"),
    "defined": (proxy(constant, r.Weights), "it tells none apart"),
    "repeated": (proxy(random, r.Weights), "draws from PyTorch's global random state"),
    "pure": (proxy(wiping, r.LossGradients), "leave its records as they were"),
    "independent": (proxy(counting(), r.Weights), "beside others"),
    "ordered": (proxy(first_image, r.LossKernel), "in another order"),
    "precise": (proxy(cancelling, r.Weights), "convert to float64"),
    "total": (proxy(thirteenth_layer, r.Weights), "return NaN where there is no score"),
    "disconnected": (proxy(logarithm, r.LossGradients), "say when in"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_what_breaks_a_rule_is_found(name: str) -> None:
    check: Check = getattr(checks, name)
    faulty, said = FAULTY[name]
    finding = run_check(check, faulty, workbench())
    assert finding.held is False
    assert said in finding.said


def test_another_number_for_one_network_is_found() -> None:
    finding = run_check(checks.repeated, proxy(counting(), r.Weights), workbench())
    assert finding.held is False
    assert "It gives 1, then 2" in finding.said


def test_cells_that_should_agree_and_do_not_are_found() -> None:
    """No record tells how a cell is written, so two cells stand for it that are others."""
    bench = workbench()
    pair = bench.examples.connected[:2]

    class Written(Workbench):
        @property
        def examples(self) -> Examples:
            return bench.examples._replace(isomorphic=pair)

    finding = run_check(
        checks.isomorphic, proxy(layers, r.Weights), Written(bench.setting, bench.noise)
    )
    assert finding.held is False
    assert "Two cells that compute one function differ" in finding.said


def test_noise_without_a_score_is_found() -> None:
    bench = workbench()
    nothing = Workbench(
        bench.setting, setting(torch.full_like(bench.noise.inputs.images, torch.nan))
    )
    finding = run_check(checks.agnostic, load_all()["snip"], nothing)
    assert finding.held is False
    assert "Noise has a score" in finding.said


def test_what_raises_does_not_hold() -> None:
    def raising(weights: Any) -> Tensor:
        raise ValueError("no such thing")

    for check in CHECKS:
        if check not in (checks.documented, checks.device, checks.isomorphic):
            assert run_check(check, proxy(raising, r.Weights), workbench()).held is False


def test_every_rule_is_tried() -> None:
    tried = {*FAULTY, "isomorphic", "agnostic"}
    assert tried == {check.__name__ for check in CHECKS} - {"device", "cost"}
