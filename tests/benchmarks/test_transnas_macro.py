"""The macro space of TransNAS-Bench-101: names, choices, counts, networks, its table."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
import torch

from benchmarks.errors import BadInput
from benchmarks.layers import Convolution
from benchmarks.network import initialise
from benchmarks.sources import read_truth
from benchmarks.transnas import build, builtin
from benchmarks.transnas.macro import SKELETONS
from benchmarks.transnas.modules import Modules, every_candidate
from benchmarks.transnas.residual import build as built
from benchmarks.transnas.space import TASKS
from tests.material.counting import counted
from tests.material.rules import pulls_as_autograd
from tests.material.stored_tables import to_the_last_bit

ALL = list(every_candidate())


def test_counts_of_the_space() -> None:
    assert Counter(len(one.does) for one in ALL) == {4: 210, 5: 750, 6: 2296}
    assert len({str(one) for one in ALL}) == 3256
    assert set(read_truth("transnas-macro", 1).candidates) == {str(one) for one in ALL}


def test_names_and_choices_round_trip() -> None:
    for one in ALL:
        assert Modules.parse(str(one)) == one
        assert SKELETONS.decode(SKELETONS.encode(str(one))) == str(one)
    assert SKELETONS.encode("64-4321-basic") == (3, 2, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "text", ["", "64-123-basic", "64-1234567-basic", "64-1235-basic", "64-41414-3_00_000"]
)
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="should read `64-abcd-basic`"):
        SKELETONS.representative(text)


@pytest.mark.parametrize("text", ["64-1111-basic", "64-2222-basic", "64-4444-basic"])
def test_names_that_no_network_has_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="one to three widen and one to four halve"):
        SKELETONS.representative(text)


@pytest.mark.parametrize(
    ("places", "said"),
    [((3, 0, 0, 0, 0, 1), "should follow one another"), ((0,) * 6, "one to three widen")],
)
def test_choices_that_are_no_candidate_are_refused(places: tuple[int, ...], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        SKELETONS.decode(places)


@pytest.mark.parametrize("name", ["64-1234-basic", "64-313124-basic", "64-41411-basic"])
def test_counts_are_those_of_the_networks(name: str) -> None:
    task = TASKS[0]
    network = SKELETONS.network([name], task)
    params, flops = counted(network, task.pixels)
    assert (params, flops) == SKELETONS.live_cost(name, task)
    assert len(network.weighted) == SKELETONS.live_layers(name, task)


def test_modules_widen_and_halve_where_they_should() -> None:
    network = built(Modules.parse("64-1234-basic"), 2, 3)
    initialise(network, 0)
    x, shapes = network.stem(torch.zeros(2, 3, 32, 32)), []
    for block in network.body:
        x = block(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(2, 8, 8)] * 2 + [(4, 8, 8)] * 2 + [(4, 4, 4)] * 2 + [(8, 2, 2)] * 2
    assert network.ends == (4, 6, 8)
    assert network.widths == (4, 4, 8)


def test_no_two_networks_run_the_same_layers() -> None:
    """What a class would be: kernels of one shape on maps of one size, layer by layer."""
    some = random.Random(0).sample(ALL, 150)
    image = torch.zeros(1, 3, 32, 32)
    ran = set()
    for one in some:
        network, layers = built(one, 2, 1), list[tuple[int, ...]]()
        for layer in network.modules():
            if isinstance(layer, Convolution):
                layer.register_forward_hook(
                    lambda layer, _, out, layers=layers: layers.append(
                        (*layer.weight.shape, *out.shape)
                    )
                )
        initialise(network, 0)
        network(image)
        assert layers
        ran.add(tuple(layers))
    assert len(ran) == len(some)


def test_pulling_with_each_layers_own_rule_is_autograd() -> None:
    for name in ("64-1234-basic", "64-41311-basic"):
        pulls_as_autograd(built(Modules.parse(name), 2, 3, 2).double(), 32)


def test_it_comes_with_the_project(data: Path) -> None:
    made = list(build.columns(data, "transbench101_macro"))
    to_the_last_bit(builtin.MACRO_TABLE, made)
    assert [(column.dataset, column.epochs) for column, _ in made] == [
        (task.name, task.epochs) for task in TASKS
    ]
    assert builtin.MACRO_TABLE.file.stat().st_size < 200_000
