"""Networks and counts: the skeletons, the closed forms, the recorded numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import nn

from benchmarks.catalogue import BENCHMARKS, benchmark
from benchmarks.errors import BadInput
from benchmarks.nasbench201.cell import Cell, every_cell, representative
from benchmarks.nasbench201.counts import cost
from benchmarks.nasbench201.network import CellNetwork, build
from benchmarks.nasbench201.size import SIZE_CELL, Widths, every_widths
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.network import Network, initialise
from benchmarks.space import Cost

TSS, SSS = BENCHMARKS["nats-tss"], BENCHMARKS["nats-sss"]


def parameters(network: Network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def measured_flops(network: Network, pixels: int) -> int:
    """Count multiply-accumulates by watching every convolution and the classifier run."""
    total = 0

    def watch(module: nn.Module, _: object, output: torch.Tensor) -> None:
        nonlocal total
        assert isinstance(module, nn.Conv2d | nn.Linear)
        bias = 0 if module.bias is None else output[0].numel()
        total += module.weight[0].numel() * output[0].numel() + bias

    for layer in network.weighted:
        layer.register_forward_hook(watch)
    network.to("meta")(torch.empty(1, 3, pixels, pixels, device="meta"))
    return total


def test_params_and_flops_equal_the_closed_form_for_every_class(data: Path) -> None:
    facts = json.loads((data.parent / "reference" / "facts.json").read_text())
    forms = facts["closed_forms_tss_C16_N5"]
    dataset = TSS.dataset("cifar10")
    base, per_3x3, per_1x1 = forms["flops"]["cifar10"]
    skeleton = Skeleton((16, 32, 32, 64, 64), cells=5, classes=10, pixels=32)
    for place, cell in enumerate(sorted({representative(cell) for cell in every_cell()})):
        n3, n1 = cell.count("nor_conv_3x3"), cell.count("nor_conv_1x1")
        expected = Cost(
            forms["params"]["base10"]
            + forms["params"]["per_3x3"] * n3
            + forms["params"]["per_1x1"] * n1,
            base + per_3x3 * n3 + per_1x1 * n1,
        )
        assert TSS.cost(str(cell), dataset) == expected
        if place % 60 == 0:  # a network takes a moment to build
            with torch.device("meta"):
                network = CellNetwork([cell], skeleton)
            assert parameters(network) == expected.params


@pytest.mark.parametrize("name", ["cifar10", "cifar100", "ImageNet16-120"])
def test_flops_equal_what_the_layers_do(name: str) -> None:
    dataset = TSS.dataset(name)
    for cell in sorted({representative(cell) for cell in every_cell()})[::400]:
        network = TSS.network([str(cell)], dataset)
        assert measured_flops(network, dataset.pixels) == TSS.cost(str(cell), dataset).flops


def test_counts_equal_the_recorded_ones_dead_operations_included(data: Path) -> None:
    recorded = pd.read_parquet(data / "nb201_costs.parquet")
    cells = recorded.drop_duplicates("index").set_index("index")["arch"]
    for name, rows in recorded.groupby("dataset"):
        dataset = TSS.dataset(str(name))
        found = [TSS.cost(arch, dataset) for arch in cells.loc[rows["index"]]]
        assert [f"{c.params / 1e6:.6f}" for c in found] == [f"{p:.6f}" for p in rows["params_m"]]
        assert [f"{c.flops / 1e6:.5f}" for c in found] == [f"{f:.5f}" for f in rows["flops_m"]]


@pytest.mark.parametrize(
    ("widths", "params", "flops"),
    [
        ("8:8:8:8:8", 11_714, 4_481_114),
        ("8:8:8:16:32", 49_202, 6_840_650),
        ("8:8:40:32:40", 144_834, 21_827_994),
    ],
)
def test_size_space_counts_are_the_recorded_ones(widths: str, params: int, flops: int) -> None:
    dataset = SSS.dataset("cifar10")
    network = SSS.network([widths], dataset)
    assert parameters(network) == params
    assert SSS.cost(widths, dataset) == SSS.live_cost(widths, dataset) == Cost(params, flops)
    assert measured_flops(network, 32) == flops


def test_live_params_are_zero_without_a_path() -> None:
    dataset = TSS.dataset("cifar10")
    dead = "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    assert TSS.live_cost(dead, dataset) == Cost(0, 0)
    assert TSS.cost(dead, dataset).params == 73_306 + 243_040


def test_size_space_is_lexicographic() -> None:
    names = [str(widths) for widths in every_widths()]
    assert len(names) == 32_768
    assert (names[0], names[11], names[-1]) == ("8:8:8:8:8", "8:8:8:16:32", "64:64:64:64:64")


@pytest.mark.parametrize("text", ["8:8:8:8", "8:8:8:8:9", "|none~0|", "8:8:8:8:+8"])
def test_widths_outside_the_space_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="size space should read"):
        Widths.parse(text)


@pytest.fixture
def small() -> Network:
    cell = Cell.parse(
        "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|"
    )
    network = build([cell], Skeleton((4, 8, 8, 16, 16), 1, 3, 8))
    initialise(network, 1)
    return network


def test_initialisation_is_pytorchs_own_distribution(small: Network) -> None:
    for layer in small.weighted:
        bound = layer.weight[0].numel() ** -0.5
        assert layer.weight.detach().abs().max() <= bound
        assert float(layer.weight.detach().std()) == pytest.approx(bound / 3**0.5, rel=0.5)
    assert all((norm.weight == 1).all() and (norm.bias == 0).all() for norm in small.norms)


def test_initialisation_depends_on_the_seed_alone(small: Network) -> None:
    before = torch.get_rng_state()
    first = [parameter.clone() for parameter in small.parameters()]
    torch.manual_seed(99)
    initialise(small, 1)
    assert all(torch.equal(a, b) for a, b in zip(first, small.parameters(), strict=True))
    initialise(small, 2)
    assert not torch.equal(first[0], next(iter(small.parameters())))
    torch.set_rng_state(before)


def test_held_statistics_make_every_image_its_own(small: Network) -> None:
    x = torch.randn(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    together = small(x)
    with small.normalised("held"):
        torch.testing.assert_close(small(x), together)
        torch.testing.assert_close(small(x[2:3]), together[2:3])
    assert not torch.allclose(small(x[:3]), together[:3], atol=1e-3)


PULLED = [
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|none~1|nor_conv_3x3~2|",
    "|avg_pool_3x3~0|+|avg_pool_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_1x1~1|skip_connect~2|",
    "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
]


@pytest.mark.parametrize("cells", [*([cell] for cell in PULLED), PULLED])
def test_pulling_with_each_layers_own_backward_is_autograd(cells: list[str]) -> None:
    network = build([Cell.parse(cell) for cell in cells], Skeleton((4, 8, 8, 16, 16), 2, 3, 8))
    initialise(network, 1)
    called: dict[nn.Module, tuple[torch.Tensor, torch.Tensor]] = {}
    for module in network.modules():
        if not list(module.children()):
            module.register_forward_hook(lambda m, x, y: called.update({m: (x[0], y)}))
    images = torch.randn(6, 3 * len(cells), 8, 8, requires_grad=True)
    logits = network(images)
    back = torch.randn(logits.shape)

    def rule(module: nn.Module, given: torch.Tensor) -> torch.Tensor:
        x = called[module][0].detach().requires_grad_()
        return torch.autograd.grad(module(x), x, given)[0]

    (expected,) = torch.autograd.grad(
        logits, images, back, allow_unused=True, materialize_grads=True
    )
    torch.testing.assert_close(network.pull(back, rule), expected)


def test_edges_that_leave_one_node_share_its_relu_and_its_pooling() -> None:
    cell = Cell.parse(
        "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|skip_connect~2|"
    )
    heads = build([cell], Skeleton((4, 8, 8, 16, 16), 1, 3, 8)).body[0].heads
    assert {name: head.uses for name, head in heads.items()} == {
        "0ReLU": (2,),
        "0AvgPool": (1,),
        "1AvgPool": (2,),
    }


def test_a_disconnected_cell_puts_out_the_bias() -> None:
    network = build([Cell(("none",) * 6)], Skeleton((4, 8, 8, 16, 16), 1, 3, 8))
    initialise(network, 1)
    logits = network(torch.randn(5, 3, 8, 8))
    assert torch.equal(logits, network.classifier.bias.expand(5, 3))


def test_a_cell_that_widens_has_its_skip_projected() -> None:
    network = build([SIZE_CELL], Skeleton((8, 8, 40, 32, 40), 1, 10, 32))
    second = network.body[2]
    assert isinstance(second.edges["03skip_connect"], nn.Sequential)
    assert second.edges["03skip_connect"][0].weight.shape == (40, 8, 1, 1)
    assert cost(SIZE_CELL, Skeleton((8, 8, 40, 32, 40), 1, 10, 32)).params == 144_834


def test_names_of_benchmarks_and_datasets_are_suggested() -> None:
    with pytest.raises(BadInput, match="Did you mean `nats-tss`"):
        benchmark("nats_tss")
    with pytest.raises(BadInput, match="Did you mean `cifar100`"):
        TSS.dataset("cifar-100")
