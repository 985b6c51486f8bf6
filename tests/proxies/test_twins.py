"""Every proxy against its literal twin, in float64 and as it runs, and against golden values."""

from __future__ import annotations

import copy
import math

import pytest
import torch
import torch.nn.functional as F

from benchmarks.cell import EDGES, Cell
from benchmarks.network import Layered, Skeleton, build, initialise
from benchmarks.spaces import BENCHMARKS
from benchmarks.thin import thin
from harness.engine import Setting, Task, needs_network, score, seed_of
from harness.passes import PASSES, Inputs, pass_for, regression
from harness.passes.features import STEP, crops
from harness.passes.inputs import frozen_normal, frozen_signs
from proxies import Proxy, load_all
from tests import literal

SKELETON = Skeleton((4, 8, 8, 16, 16), cells=2, classes=3, pixels=8)
NETWORKLESS = {name for name, one in load_all().items() if not needs_network(one)}
CELLS = (
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|",
    "|skip_connect~0|+|none~0|avg_pool_3x3~1|+|nor_conv_3x3~0|nor_conv_1x1~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
)
GOLDEN = {
    "epe_nas": 11.538787532935658,
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
    "nasi": 241.4529150932728,
    "nasi_sum": 23109.66865706145,
    "naswot": 47.096261955594734,
    "ntk_condition": 11.733294684026133,
    "ntk_trace": 110449.50195332227,
    "ntk_trace_probe": 170896.50078046494,
    "plain": 0.4407484841598066,
    "progressivity": -0.05004009816703525,
    "snip": 59.90844139750625,
    "swap": 64.0,
    "synflow": 240225927239.63043,
    "synflow_bn": 87.82899807967786,
    "trainability": -0.4406219356600952,
    "zen": 43.619013020268326,
    "zico": 232.75996926610176,
}


def inputs(dtype: torch.dtype = torch.float64) -> Inputs:
    draw = torch.Generator().manual_seed(5)
    images = torch.randn((6, 3, 8, 8), generator=draw)
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    gaussian = torch.randn((2, 6, 3, 8, 8), generator=draw)
    return Inputs(images.to(dtype), labels, gaussian.to(dtype))


def network(cell: str, proxy: Proxy, dtype: torch.dtype = torch.float64) -> Layered:
    needed, parsed = pass_for(proxy.records[0]), Cell.parse(cell)
    made = thin(parsed) if needed.kind == "thin" else build(parsed, SKELETON)
    initialise(made, 11, needed.initialisation)
    with torch.no_grad():
        draw = torch.Generator().manual_seed(12)
        for norm in made.norms:  # away from 1 and 0, so that their gradients matter
            norm.weight.uniform_(0.5, 1.5, generator=draw)
            norm.bias.uniform_(-0.5, 0.5, generator=draw)
    return made.to(dtype)


def twin(cell: str, made: Layered) -> literal.Net:
    operations = dict(zip(EDGES, Cell.parse(cell).operations, strict=True))
    return literal.Net(
        ops=operations,
        weights=[layer.weight for layer in made.weighted],
        bias=getattr(made, "classifier", torch.nn.Linear(1, 1)).bias,
        scales=[norm.weight for norm in made.norms],
        shifts=[norm.bias for norm in made.norms],
        cells=SKELETON.cells,
    )


def evaluate(proxy: Proxy, made: Layered, seen: Inputs) -> float:
    wanted = frozenset(proxy.records)
    records = {}
    for one in PASSES:
        if wanted & set(one.yields):
            records |= one.function(made, seen, wanted)
    return float(proxy(*(records[record] for record in proxy.records)))


def literally(name: str, net: literal.Net, seen: Inputs) -> float:
    x, direction = seen.gaussian
    formula = getattr(literal, name)
    if name == "zen":
        return formula(net, x, seen.labels, moved=x + STEP * direction)
    if name in ("expressivity", "progressivity"):
        return formula(net, x, seen.labels)
    if name == "trainability":
        with torch.no_grad():
            shapes = [one.shape for one in net.maps(x)][1:]
        signs = [frozen_signs(i, *shape) for i, shape in enumerate(shapes)]
        return formula(net, x, seen.labels, signs=signs)
    if name == "ntk_trace_probe":
        signs = [frozen_signs(k, len(seen.images), SKELETON.classes) for k in (0, 1)]
        return formula(net, *seen[:2], signs=signs)
    if name == "meco":
        return formula(net, *seen[:2], image=frozen_normal(1, 3, 64, 64).double())
    if name == "gennas":
        # the twin trains what it is given
        net = copy.deepcopy(net)
        skeleton = build(Cell.parse("|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"), SKELETON)
        parts = [
            (norm.weight, norm.bias, conv.weight, conv.bias)
            for norm, conv in (stage.double() for stage in regression.head(skeleton).stages)
        ]
        goals = [
            one.double() for one in regression.signals(F.interpolate(seen.images, (32, 32)).float())
        ]
        steps = regression.STEPS
        return formula(net, *seen[:2], heads=parts, signals=goals, steps=steps)
    if name == "linear_regions":
        return formula(net, *seen[:2], crops=crops(seen.images))
    return formula(net, *seen[:2])


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
    made, seen = network(cell, proxy), inputs()
    expected = literally(name, twin(cell, made), seen)
    tolerance = 1e-4 if name == "grasp" else 1e-8  # a finite difference
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=tolerance, nan_ok=True)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_float32_stays_near_float64(name: str) -> None:
    proxy = load_all()[name]
    exact = evaluate(proxy, network(CELLS[0], proxy), inputs())
    fast = evaluate(proxy, network(CELLS[0], proxy, torch.float32), inputs(torch.float32))
    assert fast == pytest.approx(exact, rel=5e-2 if proxy.family == "few-step" else 2e-3)


@pytest.mark.parametrize("name", WITH_NETWORK)
def test_golden_value(name: str) -> None:
    proxy = load_all()[name]
    value = evaluate(proxy, network(CELLS[0], proxy), inputs())
    assert math.isfinite(value)
    few_step = proxy.family == "few-step"  # rounding grows with every step
    assert value == pytest.approx(GOLDEN[name], rel=2e-2 if few_step else 1e-6)


COUNTED = {
    "params": 802_426.0,
    "flops": 113_951_370.0,
    "live_flops": 113_951_370.0,
    "live_params": 802_426.0,
    "n_conv3x3": 3.0,
    "depth": 2.0,
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
    if name == "n_conv3x3":
        assert row.score == cell.count("nor_conv_3x3")
        return
    if name == "depth":
        operations = dict(zip(EDGES, Cell.parse(cell).operations, strict=True))
        open_paths = [p for p in literal.PATHS if all(operations[e] != "none" for e in p)]
        assert row.score == max(sum("conv" in operations[e] for e in p) for p in open_paths)
        return
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
