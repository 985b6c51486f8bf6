"""The contract: what holds for every proxy of the registry, each rule a sentence."""

from __future__ import annotations

import inspect
import math
import pkgutil
from typing import Any

import pytest
import torch
from torch import Tensor

import proxies
from benchmarks.nasbench201.cell import Cell
from benchmarks.nasbench201.network import build
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.nasbench201.space import Topology
from benchmarks.network import Network, initialise
from benchmarks.space import Dataset
from harness.passes import POSITIONAL, Inputs
from harness.scoring.engine import records, score
from harness.scoring.tasks import Setting, Task
from proxies import COMBINATIONS, Proxy, load_all
from proxies import records as r

REGISTRY = list(load_all().values())
NAMES = [proxy.name for proxy in REGISTRY]
EVERY = pytest.mark.parametrize("proxy", REGISTRY, ids=NAMES)

DATASET = Dataset("tiny", 3, 8, "test", (0.0,) * 3, (1.0,) * 3)
SPACE = Topology("tiny", (DATASET,), full_epochs=1, width=4, cells=1)
CELLS = (
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|none~2|",
    "|skip_connect~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|",
    "|none~0|+|none~0|none~1|+|avg_pool_3x3~0|none~1|none~2|",
)
DEAD = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"


IDENTITY = CELLS[1]


def setting(images: Tensor | None = None) -> Setting:
    draw = torch.Generator().manual_seed(3)
    drawn = torch.randn((6, 3, 8, 8), generator=draw) if images is None else images
    gaussian = torch.randn((2, *drawn.shape), generator=draw)
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    return Setting(SPACE, DATASET, Inputs(drawn, labels, gaussian), "cpu").prepared()


def scores(*chosen: Proxy, cell: str = CELLS[0], where: Setting | None = None) -> dict[str, float]:
    rows = score(where or setting(), Task(cell, 0, chosen))
    assert all(row.status != "failed" for row in rows), [row.reason for row in rows]
    return {row.proxy: row.score for row in rows}


def made_by(record: type, network: Network, seen: Inputs) -> Any:
    return records(lambda _: network, seen, frozenset({record}))[record][0]


def test_every_module_of_the_package_registers_one_score_of_its_name() -> None:
    frame = {"records", "maps", "registry", "combinations", "plugins", "rank_average"}
    modules = {m.name for m in pkgutil.iter_modules(proxies.__path__)} - frame
    assert modules == set(NAMES) | set(COMBINATIONS)


@EVERY
def test_it_documents_formula_source_and_direction(proxy: Proxy) -> None:
    text = inspect.getdoc(proxy.function) or ""
    assert proxy.summary.rstrip().endswith((".", ":", "."))
    assert len(text) > 40
    assert proxy.source
    assert isinstance(proxy.larger_is_better, bool)


@EVERY
def test_its_file_holds_one_idea(proxy: Proxy) -> None:
    body = inspect.getsource(proxy.function).splitlines()
    assert len(body) <= 35


@EVERY
@pytest.mark.parametrize("cell", [*CELLS, DEAD])
def test_it_is_finite_or_nan_and_never_raises(proxy: Proxy, cell: str) -> None:
    value = scores(proxy, cell=cell)[proxy.name]
    assert math.isfinite(value) or math.isnan(value)


@EVERY
def test_it_says_when_it_is_undefined(proxy: Proxy) -> None:
    cell = IDENTITY if proxy.name == "trainability" else DEAD
    (row,) = score(setting(), Task(cell, 0, (proxy,)))
    expected = proxy.undefined if proxy.name != "gennas" else ""  # no cell is known to diverge
    assert row.status == ("undefined" if expected else "ok")
    assert row.reason.startswith(expected)
    assert bool(row.reason) == bool(expected)


@EVERY
def test_it_is_defined_on_connected_cells(proxy: Proxy) -> None:
    assert math.isfinite(scores(proxy)[proxy.name])


@EVERY
def test_it_gives_the_same_number_again(proxy: Proxy) -> None:
    assert scores(proxy) == scores(proxy)


def test_alone_equals_together_in_any_order() -> None:
    alone = {name: value for proxy in REGISTRY for name, value in scores(proxy).items()}
    assert scores(*REGISTRY) == alone
    assert scores(*reversed(REGISTRY)) == alone


@EVERY
def test_it_leaves_its_records_as_they_were(proxy: Proxy) -> None:
    """A record is shared by many proxies, so none may write into it."""
    from harness.scoring import engine

    seen: list[tuple[Tensor, Tensor]] = []

    def spy(*records: object) -> Tensor:
        for record in records:
            for part in record:  # type: ignore[attr-defined]
                for tensor in part if isinstance(part, tuple) else (part,):
                    if isinstance(tensor, Tensor):
                        seen.append((tensor, tensor.clone()))
        return proxy.function(*records)

    watched = Proxy(**{**vars(proxy), "function": spy})
    engine.score(setting(), Task(CELLS[0], 0, (watched,)))
    assert seen
    assert all(torch.equal(now, before) for now, before in seen)


@EVERY
def test_it_leaves_the_global_random_state_alone(proxy: Proxy) -> None:
    before = torch.get_rng_state()
    scores(proxy)
    assert torch.equal(torch.get_rng_state(), before)


@EVERY
def test_it_reads_noise_and_random_labels(proxy: Proxy) -> None:
    noise = torch.randn((6, 3, 8, 8), generator=torch.Generator().manual_seed(8))
    assert math.isfinite(scores(proxy, where=setting(noise))[proxy.name])


ORDER_FREE = [proxy for proxy in REGISTRY if not POSITIONAL & set(proxy.records)]


@pytest.mark.parametrize("proxy", ORDER_FREE, ids=[proxy.name for proxy in ORDER_FREE])
def test_the_order_of_the_images_does_not_matter(proxy: Proxy) -> None:
    images, labels, gaussian = setting().inputs
    turned = torch.tensor([3, 1, 5, 0, 4, 2])
    inputs = Inputs(images[turned], labels[turned], gaussian[:, turned])
    where = Setting(SPACE, DATASET, inputs, "cpu")
    found = scores(proxy, where=where.prepared())[proxy.name]
    assert found == pytest.approx(scores(proxy)[proxy.name], rel=2e-3, abs=1e-5)


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
