"""Norms of per-sample gradients, layer by layer, without ever holding a Jacobian."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.network import EPSILON, BatchNorm, Network
from harness.observe import calls, gradients


def logit_gradient_norms(network: Network, images: Tensor) -> Tensor:
    """Return the squared norm of each image's gradient of each logit, (images, classes), float64.

    One backward a logit serves all images, since under held statistics no image affects another.
    """
    modules = [*network.weighted, *network.norms]
    with calls(modules) as called:
        logits = network(images)
    outputs = [output for _, output in called]
    with torch.no_grad():
        squares = [own_gradient_norm(m, x) for m, (x, _) in zip(modules, called, strict=True)]
    totals = []
    for logit in logits.sum(0):
        backward = gradients(logit, to=outputs, retain_graph=True)
        with torch.no_grad():
            parts = [square(g) for square, g in zip(squares, backward, strict=True)]
            totals.append(torch.stack(parts).double().sum(0))
    return torch.stack(totals, dim=1)


def own_gradient_norm(module: nn.Module, x: Tensor) -> Callable[[Tensor], Tensor]:
    """Return the map from dy, the gradient at the module's output, to a norm for each image.

    It is the squared norm, (images,), of the gradient of all parameters of the module, whose input
    is ``x``; what depends on ``x`` alone is computed once.
    """
    if isinstance(module, nn.Linear):
        squared = x.square().sum(1) + 1
        return lambda dy: dy.square().sum(1) * squared
    if isinstance(module, nn.Conv2d):
        size, padding, stride = module.kernel_size, module.kernel_size[0] // 2, module.stride
        patches = F.unfold(x, size, padding=padding, stride=stride)
        patches = patches.transpose(1, 2)
        return lambda dy: torch.bmm(dy.flatten(2), patches).square().sum((1, 2))
    assert isinstance(module, BatchNorm)
    mean, variance = module.mean, module.variance
    scaled = (x - mean[:, None, None]) / (variance[:, None, None] + EPSILON).sqrt()
    return lambda dy: (dy * scaled).sum((2, 3)).square().sum(1) + dy.sum((2, 3)).square().sum(1)
