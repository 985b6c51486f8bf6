"""Both ways to each image's gradients of a convolution give the same norms and inner products."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from benchmarks import layers
from benchmarks.layers import Convolution
from harness.passes import reductions
from harness.passes.reductions import Gram, Norms

SHAPES = [(3, 1, 1, 8), (3, 2, 1, 8), (3, 2, 2, 7), (1, 2, 2, 8), (1, 1, 1, 8)]
"""Kernel, stride, networks side by side, pixels."""


def given(kernel: int, stride: int, g: int, pixels: int) -> tuple[Convolution, Tensor, Tensor]:
    draw = torch.Generator().manual_seed(0)
    layer = Convolution(5, 4, kernel, tuple(range(g)), stride=stride).double()
    x = torch.randn(6, 5 * g, pixels, pixels, generator=draw).double()
    shape = layer(x).shape
    return layer, x, torch.randn(2, *shape, generator=draw).double()


def literal(layer: Convolution, x: Tensor, each: Tensor) -> Tensor:
    """Gradients of one image at a time, (K, B, g, weights)."""
    g = len(layer.lanes)
    found = [
        [torch.autograd.grad(layer(x[i : i + 1]), layer.weight, one[i : i + 1])[0] for one in each]
        for i in range(len(x))
    ]
    stacked = torch.stack([torch.stack(row) for row in found])
    return stacked.reshape(len(x), len(each), g, -1).transpose(0, 1)


@pytest.mark.parametrize("wide", [1, 10_000], ids=["matrices", "convolution"])
@pytest.mark.parametrize(("kernel", "stride", "g", "pixels"), SHAPES)
def test_each_images_gradients_are_autograds(
    kernel: int, stride: int, g: int, pixels: int, wide: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "WIDE", wide)
    layer, x, each = given(kernel, stride, g, pixels)
    ((kind, found),) = layer.own_gradients(x, each)
    assert kind == "weights"
    torch.testing.assert_close(found.transpose(0, 1), literal(layer, x, each))


@pytest.mark.parametrize("few", [True, False], ids=["positions", "gradients"])
@pytest.mark.parametrize(("kernel", "stride", "g", "pixels"), SHAPES)
def test_inner_products_are_those_of_the_gradients(
    kernel: int, stride: int, g: int, pixels: int, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reductions, "_few_positions", lambda *_: few)
    layer, x, each = given(kernel, stride, g, pixels)
    gram = Gram(g)
    gram(layer, x, each[:1])
    rows = literal(layer, x, each[:1])[0].transpose(0, 1)
    torch.testing.assert_close(gram.over("weights"), rows @ rows.mT)


@pytest.mark.parametrize(("kernel", "stride", "g", "pixels"), SHAPES)
def test_norms_are_those_of_the_gradients(kernel: int, stride: int, g: int, pixels: int) -> None:
    layer, x, each = given(kernel, stride, g, pixels)
    wanted = literal(layer, x, each).square().sum(3).transpose(0, 1)
    torch.testing.assert_close(Norms._by_positions(layer, x, each), wanted)
    norms = Norms(g)
    norms(layer, x, each)
    torch.testing.assert_close(norms.squared, wanted)


def test_positions_are_taken_where_they_are_few() -> None:
    """512 channels of 2 x 2 pixels, not 64 of 8 x 8."""
    for channels, pixels, few in ((512, 2, True), (64, 8, False), (16, 32, False)):
        layer = Convolution(channels, channels, 3, (0,))
        each = torch.empty(1, 64, channels, pixels, pixels)
        assert reductions._few_positions(layer, each) is few
