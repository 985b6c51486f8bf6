"""Every proxy against its literal twin, in float64 and as it runs, and against golden values."""

from __future__ import annotations

import math

import pytest
import torch

from benchmarks.cell import EDGES, Cell
from benchmarks.network import Network, Skeleton, build, initialise
from benchmarks.spaces import BENCHMARKS
from harness.engine import Setting, Task, score, seed_of
from harness.passes import PASSES, STEP, Inputs, pass_for
from proxies import Proxy, load_all
from tests import literal

SKELETON = Skeleton((4, 8, 8, 16, 16), cells=2, classes=3, pixels=8)
NETWORKLESS = {"random", "params", "flops", "live_params", "live_flops"}
CELLS = (
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|",
    "|skip_connect~0|+|none~0|avg_pool_3x3~1|+|nor_conv_3x3~0|nor_conv_1x1~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
)
GOLDEN = {
    "epe_nas": 11.538787532935658,
    "fisher": 6.630985251991567,
    "grad_norm": 67.18814226919999,
    "grasp": 103.7013606724407,
    "hnas_trace": 92.59658498337386,
    "jacob_cov": -6.261965646993595,
    "knas": 584.9945373244348,
    "l2_norm": 54.89955000840753,
    "nasi": 241.4529150932728,
    "nasi_sum": 23109.66865706136,
    "naswot": 47.096261955594734,
    "ntk_trace": 110449.50195332227,
    "plain": 0.4407484841598066,
    "snip": 59.90844139750625,
    "synflow": 240225927239.63043,
    "synflow_bn": 87.82899807967786,
    "zen": 43.619013020268326,
}


def inputs(dtype: torch.dtype = torch.float64) -> Inputs:
    draw = torch.Generator().manual_seed(5)
    images = torch.randn((6, 3, 8, 8), generator=draw)
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    gaussian = torch.randn((2, 6, 3, 8, 8), generator=draw)
    return Inputs(images.to(dtype), labels, gaussian.to(dtype))


def network(cell: str, proxy: Proxy, dtype: torch.dtype = torch.float64) -> Network:
    made = build(Cell.parse(cell), SKELETON)
    initialise(made, 11, pass_for(proxy.records[0]).initialisation)
    with torch.no_grad():
        draw = torch.Generator().manual_seed(12)
        for norm in made.norms:  # away from 1 and 0, so that their gradients matter
            norm.weight.uniform_(0.5, 1.5, generator=draw)
            norm.bias.uniform_(-0.5, 0.5, generator=draw)
    return made.to(dtype)


def twin(cell: str, made: Network) -> literal.Net:
    operations = dict(zip(EDGES, Cell.parse(cell).operations, strict=True))
    return literal.Net(
        ops=operations,
        weights=[layer.weight for layer in made.weighted],
        bias=made.classifier.bias,
        scales=[norm.weight for norm in made.norms],
        shifts=[norm.bias for norm in made.norms],
        cells=SKELETON.cells,
    )


def evaluate(proxy: Proxy, made: Network, seen: Inputs) -> float:
    wanted = frozenset(proxy.records)
    records = {}
    for one in PASSES:
        if wanted & set(one.yields):
            records |= one.function(made, seen, wanted)
    return float(proxy(*(records[record] for record in proxy.records)))


def literally(name: str, net: literal.Net, seen: Inputs) -> float:
    if name == "zen":
        x, direction = seen.gaussian
        return literal.zen(net, x, seen.labels, moved=x + STEP * direction)
    return getattr(literal, name)(net, seen.images, seen.labels)


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
def test_equals_its_literal_twin(name: str, cell: str) -> None:
    proxy = load_all()[name]
    made, seen = network(cell, proxy), inputs()
    expected = literally(name, twin(cell, made), seen)
    tolerance = 1e-4 if name == "grasp" else 1e-8  # a finite difference
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=tolerance)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_float32_stays_near_float64(name: str) -> None:
    proxy = load_all()[name]
    exact = evaluate(proxy, network(CELLS[0], proxy), inputs())
    fast = evaluate(proxy, network(CELLS[0], proxy, torch.float32), inputs(torch.float32))
    assert fast == pytest.approx(exact, rel=2e-3)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_golden_value(name: str) -> None:
    proxy = load_all()[name]
    value = evaluate(proxy, network(CELLS[0], proxy), inputs())
    assert math.isfinite(value)
    assert value == pytest.approx(GOLDEN[name], rel=1e-6)


COUNTED = {
    "params": 802_426.0,
    "flops": 113_951_370.0,
    "live_flops": 113_951_370.0,
    "live_params": 802_426.0,
    "random": 0.23946035299276236,
}
"""Golden values of cell 11 of NATS-Bench on CIFAR-10; the first two are the recorded ones."""


def literal_layers(cell: str, *, live_only: bool) -> list[tuple[int, int, int, int]]:
    """(C_in, C_out, kernel, pixels) of every convolution, written out for widths 16, 32, 64."""
    drawn = literal.Net(dict(zip(EDGES, Cell.parse(cell).operations, strict=True)), *[[]] * 4, 5)
    kernels = [
        int(operation[-1])
        for edge, operation in drawn.ops.items()
        if operation.startswith("nor_conv") and (drawn.live(edge) or not live_only)
    ]
    layers = [(3, 16, 3, 32)]
    for width, pixels in ((16, 32), (32, 16), (64, 8)):
        if width > 16:
            layers += [(width // 2, width, 3, pixels), (width, width, 3, pixels)]
        layers += [(width, width, kernel, pixels) for _ in range(5) for kernel in kernels]
    return layers


@pytest.mark.parametrize("name", sorted(COUNTED))
def test_counts_equal_their_literal_twins_and_golden_values(name: str) -> None:
    space = BENCHMARKS["nats-tss"]
    cell = "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|"
    where = Setting(space, space.dataset("cifar10"), inputs(torch.float32), "cpu")
    (row,) = score(where, Task(cell, 0, (load_all()[name],)))
    assert row.score == pytest.approx(COUNTED[name], abs=1e-12)
    layers = literal_layers(cell, live_only=name.startswith("live"))
    shortcuts = [(16, 32, 16), (32, 64, 8)]
    if name.endswith("flops"):
        convolutions = sum(i * o * k * k * p * p for i, o, k, p in layers)
        assert row.score == convolutions + sum(i * o * p * p for i, o, p in shortcuts) + 650
    elif name != "random":
        convolutions = sum(i * o * k * k + 2 * o for i, o, k, _ in layers)
        assert row.score == convolutions + sum(i * o for i, o, _ in shortcuts) + 2 * 64 + 650
    else:
        drawn = torch.Generator().manual_seed(seed_of(cell, 0, "draw"))
        assert row.score == float(torch.rand((), generator=drawn, dtype=torch.float64))
