"""Layers carry their own rules: what has none is refused, by every pass that differentiates it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from benchmarks.layers import Layer, Parametrised, ruled
from benchmarks.nasbench201.blocks import Downsample
from benchmarks.nasbench201.cell import Cell
from benchmarks.nasbench201.network import build
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.network import Network, initialise
from harness.passes import Inputs, Pass
from harness.scoring.engine import records
from proxies import load_all

CELL = "|nor_conv_3x3~0|+|avg_pool_3x3~0|skip_connect~1|+|none~0|nor_conv_1x1~1|skip_connect~2|"


@pytest.mark.parametrize("name", ["grasp", "ntk_trace", "ntk_condition", "nasi_sum", "gradsign"])
def test_a_layer_without_rules_is_refused(name: str) -> None:
    """A maximum in the shortcut: its derivative is another than that of the mean it replaces."""
    network = build([Cell.parse(CELL)], Skeleton((4, 8, 8, 16, 16), 1, 10, 8))
    for block in network.body:
        if isinstance(block, Downsample):
            block.shortcut[0] = nn.MaxPool2d(2, stride=2)

    def started(one: Pass) -> Network:
        initialise(network, 0, one.initialisation)
        return network

    draw = torch.Generator().manual_seed(0)
    images = torch.randn(4, 3, 8, 8, generator=draw)
    inputs = Inputs(images, torch.tensor([0, 1, 2, 3]), torch.stack([images, images]))
    wanted = frozenset(load_all()[name].records)
    with pytest.raises(TypeError, match=r"carry rules for its derivatives\. MaxPool2d"):
        records(started, inputs, wanted)


@pytest.mark.parametrize("name", ["snip", "synflow", "fisher", "nasi"])
def test_weights_that_nobody_would_read_are_refused(name: str) -> None:
    """A ReLU with a slope of its own: its gradient would be left out of every sum."""
    network = build([Cell.parse(CELL)], Skeleton((4, 8, 8, 16, 16), 1, 10, 8))
    network.last.append(nn.PReLU())

    def started(one: Pass) -> Network:
        initialise(network, 0, one.initialisation)
        return network

    images = torch.zeros(4, 3, 8, 8)
    inputs = Inputs(images, torch.tensor([0, 1, 2, 3]), torch.stack([images, images]))
    with pytest.raises(TypeError, match=r"A layer with weights should be .* Found PReLU"):
        records(started, inputs, frozenset(load_all()[name].records))


def test_a_layer_that_forgets_a_rule_is_refused() -> None:
    class Forgetful(Parametrised):
        """Has weights and no rule."""

    x = torch.zeros(1)
    for rule in (lambda: Forgetful().pull(x, x, x), lambda: Forgetful().tangent(x, x, x)):
        with pytest.raises(TypeError, match="Forgetful should have a rule"):
            rule()
    with pytest.raises(TypeError, match="Forgetful should have a rule"):
        Forgetful().own_gradients(x, x)
    assert isinstance(ruled(Forgetful()), Layer)
