"""Proxies of each image's own gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.literal.losses import cross_entropy
from tests.literal.net import Net, number


def ntk_trace(net: Net, x: Tensor, y: Tensor) -> float:
    """One backward pass for each image and logit, normalisation statistics held."""
    held(net, x)
    total = 0.0
    for image in x:
        for logit in net(image[None])[0]:
            found = torch.autograd.grad(
                logit, net.parameters, retain_graph=True, allow_unused=True, materialize_grads=True
            )
            total += sum(number((g**2).sum()) for g in found)
    net.norm = "batch"
    return total


def held(net: Net, x: Tensor) -> None:
    """Hold the statistics of the minibatch from here on."""
    net.norm = "batch"
    net(x)
    net.norm, net.statistics = "held", [(m.detach(), v.detach()) for m, v in net.statistics]


def sample_loss_gradients(net: Net, x: Tensor, y: Tensor) -> list[Tensor]:
    """Each image alone, its own loss, one backward pass each."""
    held(net, x)
    rows = []
    for i in range(len(x)):
        loss = cross_entropy(net(x[i : i + 1]), y[i : i + 1])
        found = torch.autograd.grad(loss, net.parameters, allow_unused=True, materialize_grads=True)
        rows.append(torch.cat([g.flatten() for g in found]))
    net.norm = "batch"
    return rows


def nasi_sum(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(number(g @ g) for g in sample_loss_gradients(net, x, y))


def knas(net: Net, x: Tensor, y: Tensor) -> float:
    rows = sample_loss_gradients(net, x, y)
    return sum(number(a @ b) for a in rows for b in rows) / len(rows) ** 2


def hnas_trace(net: Net, x: Tensor, y: Tensor) -> float:
    held(net, x)
    norms = []
    for image, label in zip(x, y, strict=True):
        logit = net(image[None])[0, label]
        layers = [*net.weights, net.bias]
        found = torch.autograd.grad(logit, layers, allow_unused=True, materialize_grads=True)
        norms.append(sum(number((g**2).sum()) for g in found))
    net.norm = "batch"
    return (sum(norms) / len(norms)) ** 0.5


def gradsign(net: Net, x: Tensor, y: Tensor) -> float:
    columns = zip(*(row.tolist() for row in sample_loss_gradients(net, x, y)), strict=True)
    return sum(abs(sum((g > 0) - (g < 0) for g in column)) for column in columns)


def condition(rows: list[Tensor]) -> float:
    kernel = torch.tensor([[number(a @ b) for b in rows] for a in rows], dtype=torch.float64)
    values = sorted(torch.linalg.eigvals(kernel).real.tolist())
    return values[-1] / values[0]


def rows_of(net: Net, x: Tensor, parameters: list[Tensor], weights: Tensor) -> list[Tensor]:
    """Gradient of each image's weighted logits, by a forward of that image alone."""
    held(net, x)
    rows = []
    for image, weight in zip(x, weights, strict=True):
        found = torch.autograd.grad(
            (weight * net(image[None])[0]).sum(),
            parameters,
            allow_unused=True,
            materialize_grads=True,
        )
        rows.append(torch.cat([g.flatten() for g in found]))
    net.norm = "batch"
    return rows


def hnas_condition(net: Net, x: Tensor, y: Tensor) -> float:
    one_hot = torch.eye(len(net.bias), dtype=torch.float64)[y]
    return condition(rows_of(net, x, [*net.weights, net.bias], one_hot))


def ntk_condition(net: Net, x: Tensor, y: Tensor) -> float:
    ones = torch.ones(len(x), len(net.bias), dtype=torch.float64)
    return condition(rows_of(net, x, [*net.weights, *net.scales], ones))


def ntk_trace_probe(net: Net, x: Tensor, y: Tensor, *, signs: list[Tensor]) -> float:
    rows = [row for one in signs for row in rows_of(net, x, net.parameters, one.double())]
    return sum(number(row @ row) for row in rows) / len(signs)
