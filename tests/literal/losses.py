"""Proxies of the loss on the minibatch, and of synaptic flow."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tests.literal.net import Net, number


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    chosen = logits.gather(1, labels[:, None])[:, 0]
    return (logits.exp().sum(1).log() - chosen).mean()


def weight_gradients(net: Net, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
    loss = cross_entropy(net(x), y)
    return torch.autograd.grad(loss, net.weights, allow_unused=True, materialize_grads=True)


def l2_norm(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(number((w**2).sum() ** 0.5) for w in net.weights)


def grad_norm(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(number((g**2).sum() ** 0.5) for g in weight_gradients(net, x, y))


def snip(net: Net, x: Tensor, y: Tensor) -> float:
    """Gradient of the loss with respect to a mask of ones on each weight (eq. 6 of the paper)."""
    originals = net.weights
    masks = [torch.ones_like(w, requires_grad=True) for w in originals]
    net.weights = [c * w for c, w in zip(masks, originals, strict=True)]
    loss = cross_entropy(net(x), y)
    net.weights = originals
    found = torch.autograd.grad(loss, masks, allow_unused=True, materialize_grads=True)
    return sum(number(g.abs().sum()) for g in found)


def plain(net: Net, x: Tensor, y: Tensor) -> float:
    pairs = zip(weight_gradients(net, x, y), net.weights, strict=True)
    return sum(number((g * w).sum()) for g, w in pairs)


def grasp(net: Net, x: Tensor, y: Tensor) -> float:
    """-w . Hg, with Hg the central difference of the gradient along itself."""
    originals, step = net.weights, 1e-9
    gradient = weight_gradients(net, x, y)
    scale = max(1.0, max(number(g.abs().max()) for g in gradient))
    shifted = []
    for sign in (1, -1):
        net.weights = [
            (w + sign * step / scale * g).detach().requires_grad_()
            for w, g in zip(originals, gradient, strict=True)
        ]
        shifted.append(weight_gradients(net, x, y))
    net.weights = originals
    return -sum(
        number((w.detach() * (up - down)).sum()) * scale / (2 * step)
        for w, up, down in zip(originals, *shifted, strict=True)
    )


def fisher(net: Net, x: Tensor, y: Tensor) -> float:
    """Channel gates z = 1 for each image; 1/2 mean of (dL/dz)^2, once for each weight behind it."""
    gates: dict[int, Tensor] = {}

    def gate(i: int, a: Tensor) -> Tensor:
        gates[i] = torch.ones(a.shape[:2], dtype=a.dtype, requires_grad=True)
        return a * (gates[i] if a.ndim == 2 else gates[i][:, :, None, None])

    net.tap = gate
    loss = cross_entropy(net(x), y)
    net.tap = lambda i, a: a
    total = 0.0
    for i, z in gates.items():
        (dz,) = torch.autograd.grad(
            loss, z, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        for channel in range(z.shape[1]):
            saliency = number((dz[:, channel] ** 2).mean()) / 2
            total += sum(saliency for _ in net.weights[i][channel].flatten())
    return total


def synflow(net: Net, x: Tensor, y: Tensor) -> float:
    originals, bias = net.weights, net.bias
    net.weights = [w.detach().abs().requires_grad_() for w in originals]
    net.bias, net.norm = bias.detach().abs(), "off"
    flow = net(torch.ones_like(x[:1])).sum()
    grads = torch.autograd.grad(flow, net.weights, allow_unused=True, materialize_grads=True)
    total = sum(number((w * g).abs().sum()) for w, g in zip(net.weights, grads, strict=True))
    net.weights, net.bias, net.norm = originals, bias, "batch"
    return total


def synflow_bn(net: Net, x: Tensor, y: Tensor) -> float:
    originals = net.weights, net.bias, net.scales, net.shifts
    net.weights = [w.detach().abs().requires_grad_() for w in net.weights]
    net.bias = net.bias.detach().abs()
    net.scales = [s.detach().abs() for s in net.scales]
    net.shifts = [s.detach().abs() for s in net.shifts]
    flow = net(torch.ones_like(x[:1])).sum()
    grads = torch.autograd.grad(flow, net.weights, allow_unused=True, materialize_grads=True)
    total = sum(number((w * g).abs().sum()) for w, g in zip(net.weights, grads, strict=True))
    net.weights, net.bias, net.scales, net.shifts = originals
    return total


def jacob_cov(net: Net, x: Tensor, y: Tensor) -> float:
    x = x.clone().requires_grad_()
    (jacobian,) = torch.autograd.grad(net(x).sum(), x)
    rows = [row.flatten() - row.mean() for row in jacobian]
    correlation = torch.tensor(
        [[number(a @ b / (a.norm() * b.norm())) for b in rows] for a in rows], dtype=torch.float64
    )
    values, k = torch.linalg.eigvals(correlation).real, 1e-5
    return -sum(number((v + k).log() + 1 / (v + k)) for v in values)


def epe_nas(net: Net, x: Tensor, y: Tensor) -> float:
    x = x.clone().requires_grad_()
    (jacobian,) = torch.autograd.grad(net(x).sum(), x)
    return epe_of(jacobian, y.tolist(), len(net.bias))


def epe_of(jacobian: Tensor, labels: list[int], classes: int) -> float:
    scores = []
    for label in sorted(set(labels)):
        rows = [
            row.flatten() - row.mean()
            for row, known in zip(jacobian, labels, strict=True)
            if known == label
        ]
        if len(rows) == 1:
            continue
        pairs = [number(a @ b / (a.norm() * b.norm())) for a in rows for b in rows]
        score = sum(math.log(abs(pair) + 1e-5) for pair in pairs)
        scores.append(score / len(rows) if classes > 100 else score)
    if classes <= 100:
        return sum(abs(score) for score in scores)
    return sum(abs(a - b) for a in scores for b in scores) / len(scores)


def nasi(net: Net, x: Tensor, y: Tensor) -> float:
    loss = cross_entropy(net(x), y)
    found = torch.autograd.grad(loss, net.parameters, allow_unused=True, materialize_grads=True)
    return sum(number((g**2).sum()) for g in found)


def grad_norm_squared(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(number((g**2).sum()) for g in weight_gradients(net, x, y))


def zico(net: Net, x: Tensor, y: Tensor) -> float:
    half = (len(x) + 1) // 2  # an odd image goes to the first
    pair = [
        weight_gradients(net, part, of) for part, of in ((x[:half], y[:half]), (x[half:], y[half:]))
    ]
    total = 0.0
    for g1, g2 in zip(*pair, strict=True):
        layer = 0.0
        for a, b in zip(g1.flatten().tolist(), g2.flatten().tolist(), strict=True):
            a, b = abs(a), abs(b)
            mean = (a + b) / 2
            deviation = (((a - mean) ** 2 + (b - mean) ** 2) / 2) ** 0.5
            layer += mean / deviation if deviation > 1e-3 * mean else 0.0
        total += math.log(layer) if layer > 0 else 0.0
    return total
