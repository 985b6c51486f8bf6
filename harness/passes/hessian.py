"""The pass of the loss's Hessian: how the gradient changes as all weights grow in proportion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.grad import conv2d_weight

from benchmarks.layers import EPSILON, BatchNorm, Classifier, Convolution, ReLU, parted
from harness.passes.forward import Forward, Slopes
from harness.passes.hooks import Calls, calls, replaced
from harness.passes.inputs import Records, Run
from proxies import records as r


def hessian_pass(run: Run) -> Records:
    r"""Differentiate the forward and the backward along the weights: forward-over-reverse.

    Let :math:`\dot a = da/dt` at weights :math:`(1 + t) w`, and :math:`\delta = dL/dy` at a
    layer's output. Of :math:`y = w x` the tangent is :math:`\dot y = w \dot x + y`, of its gradient
    :math:`\delta x` it is :math:`\dot\delta x + \delta \dot x`, and :math:`\dot\delta + \delta` is
    what a backward carries past it if :math:`\delta` enters there, and the changes of the slopes
    of normalisations and of the loss where they arise.
    """
    network, seen, slopes = run.network, run.made[Forward], run.made[Slopes]
    with torch.no_grad():
        moved, growth = tangents(run, seen)
        entering = {seen.calls[layer][1]: slopes.outputs[layer] for layer in network.weighted}
        for norm in network.norms:
            x = seen.calls[norm][0]
            bend = _normalisation_bend(norm, x, moved[norm][1], growth[norm], slopes)
            entering[x] = bend.add_(entering[x]) if x in entering else bend
        entering[seen.logits] = slopes.outputs[network.classifier] + _loss_bend(
            run, seen.logits, moved[network.classifier][1]
        )
    reached = [output for output in entering if output.requires_grad]
    carried = torch.autograd.grad(
        reached,
        [layer.weight for layer in network.weighted],
        [entering[output] for output in reached],
        retain_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )
    layers = zip(network.weighted, carried, slopes.weights, strict=True)
    products = (
        both - own + _weight_gradient(layer, moved[layer][0], slopes.outputs[layer])
        for layer, both, own in layers
    )
    each = (run.apart(network.weighted, found) for found in (slopes.weights, products))
    return {r.HessianWeights: [r.HessianWeights(*one) for one in zip(*each, strict=True)]}


def tangents(run: Run, seen: Forward) -> tuple[Calls, dict[BatchNorm, Tensor]]:
    """Return the tangents of every layer's input and output as all weights grow in proportion.

    With them, for every normalisation, the sums over images and positions of its normalised input
    times that input's tangent, (C,).
    """
    rules: dict[nn.Module, Callable[[Tensor], Tensor]] = {}
    growth: dict[BatchNorm, Tensor] = {}
    for module, (x, y) in seen.calls.items():
        if isinstance(module, Convolution):
            rules[module] = partial(_convolution_tangent, module, y)
        elif isinstance(module, Classifier):
            rules[module] = partial(_linear_tangent, module, y)
        elif isinstance(module, BatchNorm):
            rules[module] = partial(_normalisation_tangent, module, x, growth)
        elif isinstance(module, ReLU):
            rules[module] = partial(_relu_tangent, y)
    with replaced(rules), calls(seen.calls) as moved:
        run.network(torch.zeros_like(seen.images))
    return moved, growth


def _convolution_tangent(layer: Convolution, y: Tensor, moved: Tensor) -> Tensor:
    return nn.Conv2d.forward(layer, moved).add_(y)


def _linear_tangent(layer: Classifier, y: Tensor, moved: Tensor) -> Tensor:
    return layer.product(moved) + (y - layer.bias)


def _relu_tangent(y: Tensor, moved: Tensor) -> Tensor:
    tangent: Tensor = torch.ops.aten.threshold_backward(moved, y, 0)
    return tangent


def _normalisation_tangent(
    norm: BatchNorm, x: Tensor, growth: dict[BatchNorm, Tensor], moved: Tensor
) -> Tensor:
    """Multiply by the derivative at ``x``: a symmetric matrix, so the backward does that."""
    means = norm.mean, norm.inverse_std
    tangent: Tensor
    tangent, growth[norm], _ = torch.ops.aten.native_batch_norm_backward(
        moved, x, norm.weight, None, None, *means, True, EPSILON, [True, True, False]
    )
    return tangent


def _normalisation_bend(
    norm: BatchNorm, x: Tensor, moved: Tensor, growth: Tensor, slopes: Slopes
) -> Tensor:
    r"""Return the change of the derivative at :math:`x` along :math:`\dot x`, times the slope.

    With :math:`\hat x = (x - \mu) / \sigma`, slope :math:`\delta` at the output, means over images
    and positions in brackets and :math:`\rho = \langle \hat x \dot x \rangle / \sigma`, it is
    :math:`-\rho \, \delta_x - \dot y \langle \hat x \delta \rangle / \sigma
    - \gamma \hat x \langle \dot{\hat x} \delta \rangle / \sigma`, where
    :math:`\delta_x = \gamma (\delta - \langle \delta \rangle
    - \hat x \langle \hat x \delta \rangle) / \sigma`.
    """
    slope, gamma, inverse = slopes.outputs[norm], norm.weight, norm.inverse_std
    count = x.numel() // x.shape[1]
    rho = growth / count * inverse
    scale, shift = (part / count for part in slopes.norms[norm])
    mixed = (moved * slope).sum((0, 2, 3)) / count
    of_x = inverse**2 * (rho * gamma * scale - mixed)
    constant = rho * gamma * inverse * shift - of_x * norm.mean
    of_slope, of_moved = -rho * gamma * inverse, -scale * inverse
    coefficients = constant, of_slope, of_moved, of_x
    c, p, q, u = (one[:, None, None] for one in coefficients)
    return torch.addcmul(c, slope, p).addcmul_(moved, q).addcmul_(x, u)


def _loss_bend(run: Run, logits: Tensor, moved: Tensor) -> Tensor:
    """Return the Hessian of the mean cross-entropy over the logits, times their tangent."""
    p, tangent = run.split(logits).softmax(2), run.split(moved)
    bend = p * (tangent - (p * tangent).sum(2, keepdim=True)) / len(logits)
    return bend.transpose(0, 1).flatten(1)


def _weight_gradient(layer: Convolution | Classifier, x: Tensor, back: Tensor) -> Tensor:
    if isinstance(layer, Classifier):
        backs, of_x = (parted(part, len(layer.members)) for part in (back, x))
        return torch.einsum("ngk,ngc->gkc", backs, of_x).flatten(0, 1)
    shape, sizes = layer.weight.shape, (layer.stride, layer.padding, layer.dilation, layer.groups)
    gradient: Tensor = conv2d_weight(x, shape, back, *sizes)  # type: ignore[no-untyped-call]
    return gradient
