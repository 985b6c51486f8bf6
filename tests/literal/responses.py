"""Proxies of how ReLUs, layers and the output respond to images."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext

import torch
from torch import Tensor

from tests.literal.losses import cross_entropy
from tests.literal.net import Net, number


def correlations(rows: list[Tensor]) -> Tensor:
    """Absolute correlations, zeros where some row is constant."""
    rows = [row.flatten() - row.mean() for row in rows]
    lengths = [number(row.norm()) for row in rows]
    if min(lengths) == 0:
        return torch.zeros(len(rows), len(rows), dtype=torch.float64)
    pairs = [
        [abs(number(a @ b)) / (m * n) for b, n in zip(rows, lengths, strict=True)]
        for a, m in zip(rows, lengths, strict=True)
    ]
    return torch.tensor(pairs, dtype=torch.float64)


def wrcor(net: Net, x: Tensor, y: Tensor) -> float:
    """Every convolution has a ReLU of its own; the last ReLU has overwritten its input."""
    plain_maps, plain_relu = net.maps, net.relu
    own: list[Tensor] = []
    counts: list[int] = []

    def relu(a: Tensor) -> Tensor:
        own.append(1 * a)
        return plain_relu(own[-1])

    def maps(a: Tensor) -> Iterator[Tensor]:
        for one in plain_maps(a):
            counts.append(len(own))
            yield one

    net.relu, net.maps = relu, maps  # type: ignore[method-assign]
    loss = cross_entropy(net(x), y)
    del net.__dict__["relu"], net.__dict__["maps"]
    grads = torch.autograd.grad(loss, own, allow_unused=True, materialize_grads=True)
    stem, *_, blocks = counts
    kernel = torch.zeros(len(x), len(x), dtype=torch.float64)
    for i in range(stem, len(own)):
        before = [count for count in counts[1:] if count <= i]  # blocks that were over
        seen = own[i].clamp(min=0) if i >= blocks else own[i]
        weight = 2 ** len(before)
        kernel += weight * correlations(list(seen.detach()))
        kernel += weight * correlations(list(grads[i]))
    return number(torch.linalg.eigvals(kernel).real.log().sum())


def dextr(net: Net, x: Tensor, y: Tensor, *, plane: Tensor) -> float:
    """One backward for a logit's velocity, one more for its acceleration."""
    net(x[:1])
    total = 0.0
    for layer in net.layers:
        values = torch.linalg.svd(layer[0].detach().flatten(1)).S.tolist()
        there = layer.detach().abs().max() > 1e-4
        total += min(values) / max(values) if there else 0.0
    angle = torch.zeros((), dtype=torch.float64, requires_grad=True)
    logits = net((plane[0] * angle.cos() + plane[1] * angle.sin())[None])[0]
    velocity, acceleration = [], []
    for logit in logits:
        (first,) = torch.autograd.grad(logit, angle, create_graph=True)
        (second,) = torch.autograd.grad(first, angle, retain_graph=True)
        velocity.append(number(first))
        acceleration.append(number(second))
    speed = math.sqrt(sum(v * v for v in velocity))
    if speed == 0:
        return math.nan
    along = sum(v * a for v, a in zip(velocity, acceleration, strict=True)) / speed
    across = [a - along * v / speed for v, a in zip(velocity, acceleration, strict=True)]
    kappa = math.sqrt(sum(a * a for a in across)) / speed**2
    one, other = math.log(1 + total), math.log(1 + kappa)
    return one * other / (one + other)


def rbflex(net: Net, x: Tensor, y: Tensor) -> float:
    """The determinants need more digits than a double has."""
    rows = []
    for image in x[:3]:
        features = net.features(image[None])
        relus = torch.cat([a.detach().clamp(min=0).flatten() for a in net.relu_inputs])
        rows.append((relus, features.detach().mean((2, 3))[0]))
    logs = 0.0
    gammas = 2.68690173088039e-12, 1.02460061284506e-11
    for part, gamma in zip(zip(*rows, strict=True), gammas, strict=True):
        columns = list(zip(*(row.tolist() for row in part), strict=True))
        scaled = []
        for column in columns:
            low, high = min(column), max(column)
            scaled.append([(v - low) / (high - low) if high - low > 1e-4 else 0.0 for v in column])
        logs += log_determinant(list(zip(*scaled, strict=True)), gamma)
    return len(rows) * logs


def log_determinant(rows: list[tuple[float, ...]], gamma: float) -> float:
    """Of a kernel between three rows, with eighty digits."""
    with localcontext() as context:
        context.prec = 80

        def kernel(i: int, j: int) -> Decimal:
            gaps = (Decimal(a) - Decimal(b) for a, b in zip(rows[i], rows[j], strict=True))
            return (-Decimal(gamma) * sum(gap * gap for gap in gaps)).exp()

        a, b, c = kernel(0, 1), kernel(0, 2), kernel(1, 2)
        return float((1 + 2 * a * b * c - a * a - b * b - c * c).ln())
