"""TransNAS-Bench-101: names, classes, counts, networks, tasks, and its table in this project."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import torch

from benchmarks.accuracy_names import AccuracyName
from benchmarks.costs import MetricName
from benchmarks.errors import BadInput
from benchmarks.measures import MEASURES
from benchmarks.nasbench201.cell import functional_key
from benchmarks.network import initialise
from benchmarks.sources import read_metrics, read_truth
from benchmarks.table import AccuracyTable
from benchmarks.transnas import build, builtin
from benchmarks.transnas.cell import every_cell, name, parse, representative
from benchmarks.transnas.network import build as built
from benchmarks.transnas.skeleton import Skeleton
from benchmarks.transnas.space import MICRO, TASKS
from tests.material.counting import counted
from tests.material.rules import pulls_as_autograd
from tests.material.stored_tables import to_the_last_bit

ALL = list(every_cell())
DEAD = "64-41414-0_00_000"
SMALL = Skeleton(width=2, outputs=3, pixels=32)


def test_names_round_trip() -> None:
    names = [name(cell) for cell in ALL]
    assert len(set(names)) == 4096
    assert [parse(one) for one in names] == ALL
    assert parse("64-41414-1_02_333").operations == (
        "skip_connect",  # node 1 is node 0
        "none",  # node 2 is a 1x1 convolution of node 1
        "nor_conv_1x1",
        *["nor_conv_3x3"] * 3,
    )


@pytest.mark.parametrize("text", ["", "64-41414-1_02_33", "64-41414-4_02_333", "64-4111-basic"])
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="should read `64-41414-a_bc_def`"):
        parse(text)


def test_counts_of_the_space() -> None:
    """As the data sheet has them."""
    sizes = Counter(representative(cell) for cell in ALL)
    several = sum(size > 1 for size in sizes.values())
    assert (len(sizes), several, max(sizes.values())) == (1376, 314, 208)
    assert sizes[parse(DEAD)] == sum(not cell.connected for cell in ALL) == 169


def test_a_class_is_one_in_both_forms_of_a_cell() -> None:
    """Where it changes the shape and where it does not; the first tells more."""
    lives = {cell.live for cell in ALL}
    changing = {live: functional_key(live, projecting=True) for live in lives}
    both = {(functional_key(live), key) for live, key in changing.items()}
    assert len(both) == len(set(changing.values())) == 1376
    assert len({functional_key(live) for live in lives}) == 1011


def kernels_by_name(one: str) -> tuple[float, ...]:
    """What a network puts out whose layers' weights depend on their shape and place alone.

    Two names of one function may name its convolutions otherwise, so outputs are of all kernels
    alike: every weight of a layer is the cosine of its number.
    """
    network = built([parse(one)], SMALL)
    initialise(network, 0)
    with torch.no_grad():
        for layer in network.weighted:
            numbers = torch.arange(layer.weight.numel(), dtype=torch.float32)
            layer.weight.copy_(torch.cos(numbers + 1).reshape(layer.weight.shape))
    draw = torch.Generator().manual_seed(1)
    images = torch.randn((6, 3, 32, 32), generator=draw, dtype=torch.float64)
    with torch.no_grad():
        return tuple(round(v, 7) for v in network.double()(images).flatten().tolist())


def test_members_of_a_class_put_out_the_same() -> None:
    """With equal kernels wherever shapes are equal; cells that differ may then agree by chance."""
    members: dict[str, list[str]] = {}
    for cell in ALL:
        members.setdefault(name(representative(cell)), []).append(name(cell))
    several = [some for some in members.values() if len(some) > 1]
    for some in random.Random(0).sample(several, 12):
        shown = {kernels_by_name(one) for one in random.Random(1).sample(some, 2)}
        assert len(shown) == 1, some
    apart = random.Random(2).sample(sorted(members), 25)
    shown = {kernels_by_name(one) for one in apart}
    assert len(shown) == len(apart)


@pytest.mark.parametrize("one", ["64-41414-3_21_032", "64-41414-1_11_111", "64-41414-1_30_301"])
def test_counts_are_those_of_the_networks(one: str) -> None:
    task = TASKS[0]
    network = MICRO.network([one], task)
    params, flops = counted(network, task.pixels)
    assert (params, flops) == MICRO.live_cost(one, task)
    assert len(network.weighted) == MICRO.live_layers(one, task)
    assert MICRO.cost(one, task).params >= params


def test_a_disconnected_cell_puts_out_the_bias() -> None:
    network = built([parse(DEAD)], SMALL)
    initialise(network, 1)
    put = network(torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(put, network.classifier.bias.expand(3, 3))
    assert MICRO.live_layers(DEAD, TASKS[0]) == 0
    assert MICRO.live_cost("64-41414-3_30_000", TASKS[0]) == (0, 0)


def test_a_cell_halves_and_doubles_where_it_should() -> None:
    network = built([parse("64-41414-1_10_111")], SMALL)
    initialise(network, 0)
    x = network.stem(torch.zeros(2, 3, 32, 32))
    shapes = []
    for block in network.body:
        x = block(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(4, 4, 4)] * 4 + [(8, 2, 2)] * 4 + [(16, 1, 1)] * 2
    assert network.ends == (4, 8, 10)
    assert network.widths == (4, 8, 16)
    with pytest.raises(ValueError, match="multiple of 32"):
        Skeleton(width=2, outputs=3, pixels=48)


def test_pulling_with_each_layers_own_rule_is_autograd() -> None:
    cells = [parse("64-41414-1_21_132"), parse("64-41414-3_10_301"), parse(DEAD)]
    pulls_as_autograd(built(cells, Skeleton(width=2, outputs=3, pixels=64)).double(), 64)


def test_it_comes_with_the_project(data: Path) -> None:
    made = list(build.columns(data, "transbench101_micro"))
    to_the_last_bit(builtin.MICRO_TABLE, made)
    assert [(column.dataset, column.epochs) for column, _ in made] == [
        (task.name, task.epochs) for task in TASKS
    ]
    assert builtin.MICRO_TABLE.file.stat().st_size < 200_000


def test_nobody_stored_what_cells_cost() -> None:
    with pytest.raises(BadInput, match=r"no cost params / jigsaw\. It has: none"):
        read_metrics(MICRO.truth).values(MetricName("params", "jigsaw"))


def test_tasks_have_measures_of_their_own() -> None:
    table = read_truth(MICRO.truth, 1)
    assert set(table.candidates) == {name(cell) for cell in ALL}
    found = {
        task.name: table.measure(AccuracyName(task.name, "valid", MICRO.epochs(task), None))
        for task in TASKS
    }
    assert {task: measure.label for task, measure in found.items()} == {
        "class_scene": "accuracy (%)",
        "class_object": "accuracy (%)",
        "room_layout": "negative loss",
        "jigsaw": "accuracy (%)",
        "segmentsemantic": "pixel accuracy (%)",
        "normal": "SSIM",
        "autoencoder": "SSIM",
    }
    dead = table.candidates[table.candidates.map(MICRO.representative) == DEAD].index
    for task in ("class_scene", "room_layout", "normal", "autoencoder"):
        epochs = MICRO.epochs(MICRO.dataset(task))
        values = table.accuracy(AccuracyName(task, "valid", epochs, None))
        assert values[dead].max() < values.drop(dead).min()


ROW = {"index": 0, "arch": "a", "dataset": "d", "split": "s", "epochs": 1, "seed": None}


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("SSIM", 1.5, "Each SSIM should be -1 to 1. Found 1.5 for index 0"),
        ("negative loss", 0.1, "Each negative loss should be a number of at most 0"),
        ("accuracy", -1.0, "Each accuracy should be a percentage, 0 to 100"),
        ("SSIMs", 0.5, "Did you mean `SSIM`"),
    ],
)
def test_values_outside_a_measure_are_refused(measure: str, value: float, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        AccuracyTable.from_rows([ROW | {"measure": measure, "accuracy": value}])


def test_a_dataset_has_one_measure() -> None:
    rows = [
        ROW | {"measure": "SSIM", "accuracy": 0.5},
        ROW | {"measure": "accuracy", "accuracy": 0.5, "split": "t"},
    ]
    with pytest.raises(BadInput, match="one measure"):
        AccuracyTable.from_rows(rows)


def test_a_measure_survives_the_file(tmp_path: Path) -> None:
    table = AccuracyTable.from_rows([ROW | {"measure": "SSIM", "accuracy": 0.5}])
    table.write(tmp_path / "table.parquet")
    again = AccuracyTable.read(tmp_path / "table.parquet")
    assert again.measure(AccuracyName("d", "s", 1, None)) == MEASURES["SSIM"]
    pd.testing.assert_series_equal(
        again.rows["measure"].astype(str), table.rows["measure"].astype(str)
    )
