"""Proxies that only count, or draw, against literal twins and golden values."""

from __future__ import annotations

import pytest
import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.nasbench201.cell import EDGES, Cell
from harness.scoring.engine import score
from harness.scoring.networks import seed_of
from harness.scoring.tasks import Setting, Task
from proxies import load_all
from tests import literal
from tests.material.twins import CELLS, inputs

COUNTED = {
    "params": 802_426.0,
    "flops": 113_951_370.0,
    "live_flops": 113_951_370.0,
    "live_params": 802_426.0,
    "n_conv3x3": 3.0,
    "n_operations": 3.0,
    "depth": 2.0,
    "n_layers": 53.0,
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
    if name == "n_operations":
        assert row.score == cell.count("nor_conv")
        return
    if name == "depth":
        operations = dict(zip(EDGES, Cell.parse(cell).operations, strict=True))
        open_paths = [p for p in literal.PATHS if all(operations[e] != "none" for e in p)]
        assert row.score == max(sum("conv" in operations[e] for e in p) for p in open_paths)
        return
    layers = literal_layers(cell, live_only=name.startswith(("live", "n_layers")))
    shortcuts = [(16, 32, 16), (32, 64, 8)]
    if name == "n_layers":
        assert row.score == len(layers) + len(shortcuts) + 1
        return
    if name.endswith("flops"):
        convolutions = sum(i * o * k * k * p * p for i, o, k, p in layers)
        assert row.score == convolutions + sum(i * o * p * p for i, o, p in shortcuts) + 650
    elif name != "random":
        convolutions = sum(i * o * k * k + 2 * o for i, o, k, _ in layers)
        assert row.score == convolutions + sum(i * o for i, o, _ in shortcuts) + 2 * 64 + 650
    else:
        drawn = torch.Generator().manual_seed(seed_of(cell, 0, "draw"))
        assert row.score == float(torch.rand((), generator=drawn, dtype=torch.float64))


@pytest.mark.parametrize("cell", [*CELLS, "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"])
def test_layers_are_those_of_the_built_network(cell: str) -> None:
    """A disconnected cell's network has layers, but none on a path."""
    space = BENCHMARKS["mini"]
    dataset = space.datasets[0]
    built = len(space.network([cell], dataset).weighted)
    assert space.live_layers(cell, dataset) == (built if Cell.parse(cell).connected else 0)


def test_layers_of_the_size_space_count_skips_that_change_the_width() -> None:
    space = BENCHMARKS["nats-sss"]
    for arch in ("8:8:8:8:8", "8:16:24:24:32", "64:8:8:16:8"):
        dataset = space.dataset("cifar100")
        assert space.live_layers(arch, dataset) == len(space.network([arch], dataset).weighted)
