"""The contract: what holds for every proxy of the registry, each rule a sentence."""

from __future__ import annotations

import inspect
import math
import pkgutil

import pytest
import torch
from torch import Tensor

import proxies
from benchmarks.nasbench201.cell import Cell
from benchmarks.nasbench201.network import build
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.network import Network, initialise
from harness.contract.checks import CHECKS
from harness.contract.finding import Check, run_check
from harness.passes import Inputs, regression
from harness.scoring.engine import score
from harness.scoring.tasks import Task
from proxies import COMBINATIONS, Proxy, load_all
from proxies import records as r
from tests.material.tiny import (
    CELLS,
    DATASET,
    DEAD,
    IDENTITY,
    REGISTRY,
    SPACE,
    made_by,
    scores,
    setting,
    workbench,
)

NAMES = [proxy.name for proxy in REGISTRY]
EVERY = pytest.mark.parametrize("proxy", REGISTRY, ids=NAMES)


def test_every_module_of_the_package_registers_one_score_of_its_name() -> None:
    frame = {
        "records",
        "maps",
        "responses",
        "registry",
        "combinations",
        "plugins",
        "rank_average",
    }
    modules = {m.name for m in pkgutil.iter_modules(proxies.__path__)} - frame
    assert modules == set(NAMES) | set(COMBINATIONS)


WORKBENCH = workbench()


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """GenNAS trains for fewer steps: no rule of the contract needs more."""
    monkeypatch.setattr(regression, "STEPS", 4)


@EVERY
@pytest.mark.parametrize("check", CHECKS, ids=[check.__name__ for check in CHECKS])
def test_it_keeps_the_contract(proxy: Proxy, check: Check) -> None:
    """The checks of ``harness validate``, on a smaller space."""
    finding = run_check(check, proxy, WORKBENCH)
    assert finding.held is not False, finding.said


@EVERY
def test_its_file_holds_one_idea(proxy: Proxy) -> None:
    body = inspect.getsource(proxy.function).splitlines()
    assert len(body) <= 35


@EVERY
def test_it_says_when_it_is_undefined(proxy: Proxy) -> None:
    cell = IDENTITY if proxy.name == "trainability" else DEAD
    (row,) = score(setting(), Task(cell, 0, (proxy,)))
    expected = proxy.undefined if proxy.name != "gennas" else ""  # no cell is known to diverge
    assert row.status == ("undefined" if expected else "ok")
    assert row.reason.startswith(expected)
    assert bool(row.reason) == bool(expected)


def test_alone_equals_together_in_any_order() -> None:
    alone = {name: value for proxy in REGISTRY for name, value in scores(proxy).items()}
    assert scores(*REGISTRY) == alone
    assert scores(*reversed(REGISTRY)) == alone


def test_disconnected_cells_score_what_theory_says() -> None:
    """Every feature is exactly zero there, so only the classifier's bias has a gradient."""
    images, labels = setting().inputs[:2]
    found = scores(*REGISTRY, cell=DEAD)
    silent = ("synflow", "synflow_bn", "snip", "grad_norm", "grad_norm_squared", "plain", "grasp")
    for name in (*silent, "zico", "live_params", "live_flops", "depth", "n_layers"):
        assert found[name] == 0
    for name in ("jacob_cov", "epe_nas", "zen", "naswot", "ntk_condition", "hnas_condition"):
        assert math.isnan(found[name])
    for name in ("expressivity", "progressivity"):
        assert math.isnan(found[name])
    assert found["swap"] == found["linear_regions"] == 1
    assert found["trainability"] == pytest.approx(-1e6, rel=0.5)
    n, classes = len(images), DATASET.classes
    assert found["ntk_trace"] == found["ntk_trace_probe"] == n * classes
    assert found["gradsign"] == n * classes - 2 * n  # the minibatch is balanced
    assert found["hnas_trace"] == 1
    from harness.scoring.networks import seed_of

    network = SPACE.network([DEAD], DATASET)
    initialise(network, seed_of(DEAD, 0))
    bias = network.classifier.bias.detach()
    residual = bias.softmax(0) - torch.nn.functional.one_hot(labels, DATASET.classes).float()
    assert found["nasi"] == pytest.approx(float(residual.mean(0).square().sum()), rel=1e-5)
    assert found["knas"] == pytest.approx(found["nasi"], rel=1e-5)
    assert found["nasi_sum"] == pytest.approx(float(residual.square().sum()), rel=1e-5)
    per_image = (bias * residual / len(images)).square().mean(0).sum() / 2
    assert found["fisher"] == pytest.approx(
        float(per_image * network.classifier.in_features), rel=1e-5
    )


def test_ntk_trace_agrees_with_rademacher_probes_within_their_error() -> None:
    """E ||J^T v||^2 = tr(J J^T) for v of random signs, statistics held."""
    network = build([Cell.parse(CELLS[0])], Skeleton((4, 8, 8, 16, 16), 1, 3, 8)).double()
    initialise(network, 2)
    images = setting().inputs.images.double()
    inputs = Inputs(images, torch.zeros(6, dtype=torch.long), torch.empty(0))
    record = made_by(r.LogitJacobian, network, inputs)
    exact = float(load_all()["ntk_trace"](record))
    probes = torch.tensor(rademacher(network, images, draws=400), dtype=torch.float64)
    error = float(probes.std() / len(probes) ** 0.5)
    assert error < 0.05 * exact
    assert float(probes.mean()) == pytest.approx(exact, abs=4 * error)


def rademacher(network: Network, images: Tensor, draws: int) -> list[float]:
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        network(images)
    values = []
    with network.normalised("held"):
        logits = network(images)
        for _ in range(draws):
            signs = 2 * torch.randint(0, 2, logits.shape, generator=generator).double() - 1
            found = torch.autograd.grad(
                (signs * logits).sum(), list(network.parameters()), retain_graph=True
            )
            values.append(sum(float(g.square().sum()) for g in found))
    return values


def test_plain_comes_from_layers_that_nothing_normalises() -> None:
    """<w, g> vanishes for a convolution followed by batch normalisation (up to its epsilon)."""
    network = SPACE.network(CELLS[:1], DATASET)
    initialise(network, 4)
    inputs = setting().inputs
    record = made_by(r.LossGradients, network, inputs)
    free = {id(network.classifier)} | {
        id(block.shortcut[1]) for block in network.body if hasattr(block, "shortcut")
    }
    for layer, w, g in zip(network.weighted, record.weights, record.grads, strict=True):
        if id(layer) not in free:
            assert abs(float((w * g).sum())) < 1e-3 * float(w.norm() * g.norm()) + 1e-6


def test_random_is_uniform_and_independent() -> None:
    random = load_all()["random"]
    names = [str(i) for i in range(400)]
    drawn = torch.tensor(
        [score(setting(), Task(CELLS[0], seed, (random,)))[0].score for seed in range(len(names))]
    )
    assert float(drawn.mean()) == pytest.approx(0.5, abs=0.06)
    assert float(drawn.std()) == pytest.approx(12**-0.5, abs=0.03)
    assert abs(float(torch.corrcoef(torch.stack([drawn[1:], drawn[:-1]]))[0, 1])) < 0.2
