"""NAS-Bench-Macro: strings, classes, counts, networks, and its table in this project."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import torch

from benchmarks.accuracy_names import AccuracyName
from benchmarks.errors import BadInput
from benchmarks.macro import build, builtin
from benchmarks.macro.chain import Chain, every_chain, representative
from benchmarks.macro.network import ChainNetwork
from benchmarks.macro.network import build as built
from benchmarks.macro.skeleton import Skeleton
from benchmarks.macro.space import CIFAR10, MACRO
from benchmarks.network import initialise
from benchmarks.sources import read_metrics, read_truth
from tests.material.rules import pulls_as_autograd
from tests.material.stored_tables import to_the_last_bit

ALL = list(every_chain())
SMALL = Skeleton(width=2, last=3, classes=3, pixels=8)


def test_strings_round_trip_in_order() -> None:
    names = [str(chain) for chain in ALL]
    assert names == sorted(names)
    assert len(names) == 6561
    assert [Chain.parse(name) for name in names] == ALL


@pytest.mark.parametrize("text", ["", "0000000", "000000000", "00000003", "0000000a", "0 000000"])
def test_other_strings_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="should read as 8 digits, each of 0, 1, 2"):
        Chain.parse(text)


def test_counts_of_the_space() -> None:
    """As the data sheet has them."""
    sizes = Counter(representative(chain) for chain in ALL).values()
    assert (len(sizes), sum(size > 1 for size in sizes), max(sizes)) == (3969, 1944, 4)


def test_a_representative_is_its_own() -> None:
    for chain in ALL[::7]:
        chosen = representative(chain)
        assert representative(chosen) == chosen
        assert chosen.live == chain.live


def fingerprint(chain: Chain) -> tuple[float, ...]:
    """What the network as written puts out, its weights drawn one layer after another."""
    network = built(chain, SMALL, written=True)
    initialise(network, 3)
    draw = torch.Generator().manual_seed(1)
    images = torch.randn((4, 3, 8, 8), generator=draw, dtype=torch.float64)
    with torch.no_grad():
        logits = network.double()(images).flatten()
    return tuple(round(value, 9) for value in logits.tolist())


def test_classes_are_those_that_networks_show() -> None:
    """Each stage alone, the others fixed, and some strings at random."""
    stages = [f"{a}{b}202101" for a in "012" for b in "012"]
    stages += [f"21{a}{b}{c}101" for a in "012" for b in "012" for c in "012"]
    stages += [f"21202{a}{b}{c}" for a in "012" for b in "012" for c in "012"]
    drawn = [str(chain) for chain in random.Random(0).sample(ALL, 60)]
    names = dict.fromkeys([*stages, *drawn])
    seen = {name: fingerprint(Chain.parse(name)) for name in names}
    classes = {name: representative(Chain.parse(name)) for name in names}
    pairs = {(seen[name], classes[name]) for name in names}
    assert len(pairs) == len(set(seen.values())) == len(set(classes.values())) < len(names)


def test_counts_equal_the_stored_ones(data: Path) -> None:
    rows = pd.read_parquet(data / "nas_bench_macro.parquet").drop_duplicates("arch")
    costs = [MACRO.cost(arch, CIFAR10) for arch in rows["arch"]]
    assert len(costs) == 6561
    assert [cost.params for cost in costs] == rows["params"].tolist()
    assert [cost.flops for cost in costs] == rows["flops"].tolist()


@pytest.mark.parametrize("name", ["00000000", "12021102", "20010022", "22222222"])
def test_counts_are_those_of_the_networks(name: str) -> None:
    skeleton = MACRO.around(CIFAR10)
    with torch.device("meta"):
        network = ChainNetwork(Chain.parse(name), skeleton, 1)
    flops = 0

    def watch(module: torch.nn.Module, _: object, output: torch.Tensor) -> None:
        nonlocal flops
        flops += module.weight[0].numel() * output[0].numel()

    for layer in network.weighted:
        layer.register_forward_hook(watch)
    network(torch.empty(1, 3, 32, 32, device="meta"))
    params = sum(parameter.numel() for parameter in network.parameters())
    assert (params, flops) == MACRO.cost(name, CIFAR10) == MACRO.live_cost(name, CIFAR10)
    assert len(network.weighted) == MACRO.live_layers(name, CIFAR10)


def test_trivial_counts() -> None:
    assert MACRO.convolutions("12021100") == 3
    assert MACRO.operations("12021100") == 5
    assert MACRO.depth("00000000") == 3  # of each stage, what changes the shape
    assert MACRO.depth("12021100") == 3 + 3 + 1 + 3 + 3 + 3


def test_stages_end_where_they_should() -> None:
    network = built(Chain.parse("12021100"), SMALL)
    assert network.ends == (2, 5, 6)
    assert network.widths == (4, 8, 16)
    with pytest.raises(ValueError, match="multiple of 8"):
        Skeleton(width=2, last=3, classes=3, pixels=12)


def test_pulling_with_each_layers_own_rule_is_autograd() -> None:
    pulls_as_autograd(built(Chain.parse("12021102"), SMALL, 2).double(), 8)


def test_it_comes_with_the_project(data: Path) -> None:
    to_the_last_bit(builtin.TABLE, build.columns(data))
    assert builtin.TABLE.file.stat().st_size < 100_000


def test_members_of_a_class_share_three_trainings() -> None:
    table = read_truth(MACRO.truth, 1)
    mean = table.accuracy(AccuracyName("cifar10", "ori-test", 50, None))
    assert table.candidates[mean.idxmax()] == "22212202"
    assert mean.max() == pytest.approx(93.127, abs=1e-3)
    one = mean.groupby(table.candidates.map(MACRO.representative)).nunique()
    assert (one == 1).all()  # copies, not trainings
    assert len(read_metrics(MACRO.truth).names()) == 2
