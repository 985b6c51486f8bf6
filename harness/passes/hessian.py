"""The pass of the loss's Hessian: how the gradient changes as all weights grow in proportion."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from benchmarks.layers import ruled
from benchmarks.network import Network
from harness.passes.forward import Forward, Slopes
from harness.passes.hooks import Calls, calls, replaced
from harness.passes.inputs import Context, Records
from proxies import records as r


def hessian_pass(context: Context[Network]) -> Records:
    r"""Differentiate the forward and the backward along the weights: forward-over-reverse.

    Let :math:`\dot a = da/dt` at weights :math:`(1 + t) w`, and :math:`\delta = dL/dy` at a
    layer's output. Of :math:`y = w x` the tangent is :math:`\dot y = w \dot x + y`, of its gradient
    :math:`\delta x` it is :math:`\dot\delta x + \delta \dot x`, and :math:`\dot\delta + \delta` is
    what a backward carries past it if :math:`\delta` enters there, and the changes of the slopes
    of normalisations and of the loss where they arise.
    """
    network, seen, slopes = context.network, context.made[Forward], context.made[Slopes]
    with torch.no_grad():
        moved = tangents(context, seen)
        entering = {seen.calls[layer][1]: slopes.outputs[layer] for layer in network.weighted}
        for norm in network.norms:
            x = seen.calls[norm][0]
            bend = norm.bend(x, moved[norm][1], slopes.outputs[norm], slopes.norms[norm])
            entering[x] = bend.add_(entering[x]) if x in entering else bend
        entering[seen.logits] = slopes.outputs[network.classifier] + _loss_bend(
            context, seen.logits, moved[network.classifier][1]
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
        both - own + layer.weight_gradient(moved[layer][0], slopes.outputs[layer])
        for layer, both, own in layers
    )
    each = (context.per_network(network.weighted, values) for values in (slopes.weights, products))
    return {r.HessianWeights: [r.HessianWeights(*part) for part in zip(*each, strict=True)]}


def tangents(context: Context[Network], seen: Forward) -> Calls:
    """Return the tangents of every layer's input and output as all weights grow in proportion.

    Raises:
        TypeError: a layer has no rule.
    """
    rules = {layer: partial(ruled(layer).tangent, x=x, y=y) for layer, (x, y) in seen.calls.items()}
    with replaced(rules), calls(seen.calls) as moved:
        context.network(torch.zeros_like(seen.images))
    return moved


def _loss_bend(context: Context[Network], logits: Tensor, moved: Tensor) -> Tensor:
    """Return the Hessian of the mean cross-entropy over the logits, times their tangent."""
    p, tangent = context.split(logits).softmax(2), context.split(moved)
    bend = p * (tangent - (p * tangent).sum(2, keepdim=True)) / len(logits)
    return bend.transpose(0, 1).flatten(1)
