"""Norms of per-sample gradients, layer by layer, without ever holding a Jacobian."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.network import EPSILON, BatchNorm, Network
from harness.observe import calls, gradients


def logit_gradient_norms(network: Network, images: Tensor) -> Tensor:
    """Return squared norms of each image's gradient of each logit, float64.

    The result is (2, images, classes): over convolutions and classifier, and over batch-norm
    parameters. One backward a logit serves all images, since under held statistics no image affects
    another.
    """
    return torch.stack(list(_gradient_norms(network, images, lambda logits: logits.sum(0))), dim=2)


def loss_gradient_norms(network: Network, images: Tensor, labels: Tensor) -> Tensor:
    """Return the squared norm of each image's gradient of its own loss, (images,), float64."""

    def loss(logits: Tensor) -> Tensor:
        return F.cross_entropy(logits, labels, reduction="sum")[None]

    (norms,) = _gradient_norms(network, images, loss)
    return norms.sum(0)


def _gradient_norms(
    network: Network, images: Tensor, outputs: Callable[[Tensor], Tensor]
) -> Iterator[Tensor]:
    """Yield squared norms (2, images) for each of ``outputs``, sums over images of scalars."""
    modules = [*network.weighted, *network.norms]
    layers = len(network.weighted)
    with calls(modules) as called:
        logits = network(images)
    reached = [output for _, output in called]
    with torch.no_grad():
        squares = [own_gradient_norm(m, x) for m, (x, _) in zip(modules, called, strict=True)]
    for output in outputs(logits):
        backward = gradients(output, to=reached, retain_graph=True)
        with torch.no_grad():
            parts = torch.stack([f(g) for f, g in zip(squares, backward, strict=True)]).double()
        yield torch.stack([parts[:layers].sum(0), parts[layers:].sum(0)])


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
