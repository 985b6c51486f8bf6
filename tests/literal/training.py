"""The proxy that trains."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.literal.net import Net, number

Head = tuple[Tensor, Tensor, Tensor, Tensor]
"""Scale and shift of a normalisation, weight and bias of a 1x1 convolution."""


def gennas(
    net: Net, x: Tensor, y: Tensor, *, heads: list[Head], signals: list[Tensor], steps: int
) -> float:
    """Momentum buffers m = 0.9 m + g, weights w - 0.1 m, decay on matrices and kernels only."""
    x = F.interpolate(x[:16], (32, 32))
    flat = [tensor for head in heads for tensor in head]
    momenta: list[Tensor] = [torch.zeros_like(p) for p in [*net.parameters, *flat]]

    def error() -> Tensor:
        maps = list(net.maps(x))
        total = torch.zeros((), dtype=x.dtype)
        for share, end, goal, k in zip((0.25, 0.5, 1.0), net.ends, signals, range(3), strict=True):
            scale, shift, weight, bias = flat[4 * k : 4 * k + 4]
            z = F.interpolate(maps[end], (8, 8))
            mean, var = (
                z.mean((0, 2, 3), keepdim=True),
                z.var((0, 2, 3), correction=0, keepdim=True),
            )
            z = (z - mean) / (var + 1e-5).sqrt() * scale[:, None, None] + shift[:, None, None]
            z = torch.einsum("nchw,kc->nkhw", z, weight[:, :, 0, 0]) + bias[:, None, None]
            total = total + share * ((z - goal) ** 2).mean()
        return total

    for _ in range(steps):
        everything = [*net.parameters, *flat]
        grads = torch.autograd.grad(error(), everything, allow_unused=True)
        moved = []
        for i, (p, g) in enumerate(zip(everything, grads, strict=True)):
            if g is not None:
                decay = 4e-5 if p.ndim > 1 else 0.0
                momenta[i] = 0.9 * momenta[i] + g + decay * p.detach()
            moved.append((p.detach() - 0.1 * momenta[i]).requires_grad_())
        n, k = len(net.weights), len(net.scales)
        net.weights, net.bias = moved[:n], moved[n]
        net.scales, net.shifts = moved[n + 1 : n + 1 + k], moved[n + 1 + k : n + 1 + 2 * k]
        flat = moved[n + 1 + 2 * k :]
    return number(error())
