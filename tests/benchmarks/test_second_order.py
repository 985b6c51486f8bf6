"""Layers differentiated twice: against PyTorch's own, and by differences."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.layers import Convolution
from benchmarks.normalisation import EPSILON, BatchNorm
from benchmarks.pooling import AvgPool
from benchmarks.second_order import SECOND_ORDER, SecondOrderBatchNorm, second_order


def drawn(*shape: int, seed: int = 0) -> Tensor:
    values = torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return values.requires_grad_()


def normalised(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    layer = SecondOrderBatchNorm(x.shape[1], (0,)).double()
    return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (x,))


def test_second_derivatives_are_those_by_differences() -> None:
    inputs = drawn(3, 2, 2, 3), drawn(2, seed=1), drawn(2, seed=2)
    assert torch.autograd.gradcheck(normalised, inputs)
    assert torch.autograd.gradgradcheck(normalised, inputs)


def test_value_and_gradients_are_pytorchs() -> None:
    inputs = drawn(5, 3, 4, 4), drawn(3, seed=1), drawn(3, seed=2)
    weights = drawn(5, 3, 4, 4, seed=3).detach()

    def twice(y: Tensor) -> list[Tensor]:
        first = torch.autograd.grad((y**3 * weights).sum(), inputs, create_graph=True)
        norm = torch.stack([part.square().sum() for part in first]).sum()
        return [y, *first, *torch.autograd.grad(norm, inputs)]

    x, weight, bias = inputs
    theirs = F.batch_norm(x, None, None, weight, bias, training=True, eps=EPSILON)
    torch.testing.assert_close(twice(normalised(*inputs)), twice(theirs))


@pytest.mark.parametrize(
    "layer",
    [
        Convolution(2, 3, 3, (0,), stride=2),
        Convolution(2, 3, 1, (0, 1)),
        Convolution(2, 3, 3, (0,), bias=True),
        AvgPool((1,)),
        BatchNorm(4, (0,)),
    ],
)
def test_a_layer_keeps_its_parameters_and_its_values(layer: torch.nn.Module) -> None:
    initialise_all(layer)
    channels = 2 * len(getattr(layer, "lanes", ())) if isinstance(layer, Convolution) else 4
    x = drawn(3, channels, 5, 5)

    def twice() -> list[Tensor]:
        into = [x, *layer.parameters()]
        y = layer(x)
        first = torch.autograd.grad((y**3).sum(), into, create_graph=True)
        norm = torch.stack([(part.sin() * part).sum() for part in first]).sum()
        return [y, *first, *torch.autograd.grad(norm, into)]

    before, names = twice(), [name for name, _ in layer.named_parameters()]
    second_order(layer)
    assert type(layer) is SECOND_ORDER[type(layer).__mro__[1]]
    assert [name for name, _ in layer.named_parameters()] == names
    torch.testing.assert_close(twice(), before)


def initialise_all(layer: torch.nn.Module) -> None:
    for seed, parameter in enumerate(layer.parameters()):
        parameter.data = drawn(*parameter.shape, seed=seed).detach()


@pytest.mark.parametrize("layer", [Convolution(1, 2, 3, (0,)), AvgPool((1,))])
def test_second_derivatives_of_layers_are_those_by_differences(layer: torch.nn.Module) -> None:
    second_order(layer)
    weights = [drawn(*parameter.shape, seed=7) for parameter in layer.parameters()]

    def output(x: Tensor, *weights: Tensor) -> Tensor:
        names = [name for name, _ in layer.named_parameters()]
        return torch.func.functional_call(layer, dict(zip(names, weights, strict=True)), (x,))

    assert torch.autograd.gradgradcheck(output, (drawn(2, 1, 3, 4), *weights))
