"""The proxy of Fisher information."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tests.literal.net import Net


def vkdnw(net: Net, x: Tensor, y: Tensor, *, most: int) -> float:
    """Normalisations keep mean 0 and variance 1; one backward for each image and class."""
    tensors: list[Tensor] = []
    with torch.no_grad():
        net(x)
    plain_conv, plain_bn, index = net.conv, net.bn, {"conv": 0, "bn": 0}

    def conv(a: Tensor, stride: int = 1) -> Tensor:
        tensors.append(net.weights[index["conv"]])
        index["conv"] += 1
        return plain_conv(a, stride=stride)

    def bn(a: Tensor) -> Tensor:
        tensors.extend((net.scales[index["bn"]], net.shifts[index["bn"]]))
        index["bn"] += 1
        return plain_bn(a)

    start = [(torch.zeros_like(mean), torch.ones_like(var)) for mean, var in net.statistics]
    net.norm, net.statistics = "held", start
    net.conv, net.bn = conv, bn  # type: ignore[method-assign]
    net(x[:1])
    net.conv, net.bn = plain_conv, plain_bn  # type: ignore[method-assign]
    tensors = [*tensors, net.weights[-1], net.bias][:most]
    fisher = torch.zeros(len(tensors), len(tensors), dtype=torch.float64)
    for image in x:
        logits = net(image[None])[0]
        p = 0.95 * logits.detach().softmax(0) + 0.05 / len(logits)
        rows = []
        for logit in logits:
            found = torch.autograd.grad(
                logit, tensors, retain_graph=True, allow_unused=True, materialize_grads=True
            )
            rows.append(torch.stack([g.flatten()[0] for g in found]))
        for c, chance in enumerate(p):  # of the score of a class: its gradient less the mean one
            score = rows[c] - sum(q * row for q, row in zip(p, rows, strict=True))
            fisher += chance * score[:, None] @ score[None] / len(x)
    net.norm = "batch"
    values = sorted(torch.linalg.eigvals(fisher).real.tolist())
    noise = len(values) * 2.0**-52 * values[-1]
    values = [v if v > noise else 0.0 for v in values]
    deciles = [between(values, k / 10 * (len(values) - 1)) for k in range(1, 10)]
    shares = [d / sum(deciles) for d in deciles]
    return len(net.weights) - sum(s * math.log(s) for s in shares if s > 0)


def between(values: list[float], place: float) -> float:
    """Read an ordered list between two of its places."""
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])
