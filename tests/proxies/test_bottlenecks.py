"""Every proxy on networks of inverted bottlenecks: its literal twin, alone and in a stack."""

from __future__ import annotations

import math

import pytest
import torch

from benchmarks.errors import Undefined
from benchmarks.macro.chain import Chain
from benchmarks.macro.network import ChainNetwork, build
from benchmarks.macro.skeleton import Skeleton
from benchmarks.macro.space import MACRO
from benchmarks.network import initialise
from harness.passes import pass_for, regression
from harness.passes.inputs import frozen_normal
from harness.scoring.tasks import needs_network
from proxies import Proxy, load_all
from tests.literal.bottlenecks import Bottlenecks, meco_released_of_bottlenecks
from tests.material.literally import literally
from tests.material.twins import each, evaluate, inputs, moved

SKELETON = Skeleton(width=2, last=6, classes=3, pixels=8)
CHAINS = ("12021100", "01002010")
WITH_NETWORK = sorted(proxy.name for proxy in load_all().values() if needs_network(proxy))
NAMES = [name for name in WITH_NETWORK if name not in ("linear_regions", "epsinas")]
MANY = ("swap", "vkdnw")


def network(chain: str, proxy: Proxy, seeds: tuple[int, ...] = (11,)) -> ChainNetwork:
    needed = pass_for(proxy.records[0])
    made = build(Chain.parse(chain), SKELETON, len(seeds), written=needed.kind == "written")
    initialise(made, list(seeds), needed.initialisation)
    moved(made, [seed + 1 for seed in seeds])
    return made.double()


def twin(chain: str, made: ChainNetwork) -> Bottlenecks:
    return Bottlenecks(
        ops={},
        weights=[layer.weight for layer in made.weighted],
        bias=made.classifier.bias,
        scales=[norm.weight for norm in made.norms],
        shifts=[norm.bias for norm in made.norms],
        cells=0,
        digits=chain,
    )


@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("name", NAMES)
def test_equals_its_literal_twin(name: str, chain: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)  # rounding grows with every step
    proxy = load_all()[name]
    made, seen = network(chain, proxy), inputs(n=18 if name in MANY else 6)
    net = twin(chain, made)
    if name == "meco_released":
        expected = meco_released_of_bottlenecks(net, frozen_normal(1, 3, 64, 64).double())
    else:
        expected = literally(name, net, seen, made)
    tolerance = 1e-4 if name == "grasp" else 1e-8  # a finite difference
    assert evaluate(proxy, made, seen) == pytest.approx(expected, rel=tolerance, nan_ok=True)


@pytest.mark.parametrize("chain", CHAINS)
def test_network_computes_what_the_paper_draws(chain: str) -> None:
    made, seen = network(chain, load_all()["snip"]), inputs()
    torch.testing.assert_close(made(seen.images), twin(chain, made)(seen.images))


@pytest.mark.parametrize("name", NAMES)
def test_a_stack_equals_its_members_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)
    proxy, seen, seeds = load_all()[name], inputs(), (20, 21, 22)
    beside = each(proxy, network(CHAINS[0], proxy, seeds), seen)
    alone = [evaluate(proxy, network(CHAINS[0], proxy, (seed,)), seen) for seed in seeds]
    assert beside == pytest.approx(alone, rel=1e-8, abs=1e-12, nan_ok=True)


def test_there_is_no_network_of_one_cell() -> None:
    with pytest.raises(Undefined, match="no network of one cell"):
        MACRO.network(["00000000"], MACRO.datasets[0], "thin")


def test_epsinas_is_undefined_for_no_path_is_free_of_convolutions() -> None:
    """With all weights at 1e-7 float32 has no digits left."""
    proxy = load_all()["epsinas"]
    value = evaluate(proxy, network(CHAINS[0], proxy), inputs(n=18))
    assert math.isnan(value)
