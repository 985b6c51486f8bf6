"""Passes that read the loss of the minibatch: its gradients, and what its forward shows."""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.errors import Undefined
from benchmarks.layers import ReLU
from benchmarks.network import Network
from harness.passes.forward import Forward, Slopes, loss
from harness.passes.hooks import gradients
from harness.passes.inputs import CENTRED, Context, Records
from proxies import records as r


def weights_pass(context: Context[Network]) -> Records:
    """Read the weights; the network does not run."""
    return {r.Weights: [r.Weights(weights) for weights in weights_of(context)]}


def weights_of(context: Context[Network]) -> list[tuple[Tensor, ...]]:
    """Return each network's weights, copied, for the network may start again from others."""
    layers = context.network.weighted
    return context.per_network(layers, [layer.weight.detach().clone() for layer in layers])


def agreement_pass(context: Context[Network]) -> Records:
    """Which ReLUs two images switch alike."""
    seen = context.made[Forward].calls.items()
    outputs = [
        (context.split(output), module.uses)
        for module, (_, output) in seen
        if isinstance(module, ReLU)
    ]
    return {r.ReluAgreement: [r.ReluAgreement(part) for part in agreement(outputs)]}


def agreement(relus: list[tuple[Tensor, tuple[int, ...]]]) -> Tensor:
    """Return at how many positions each two images are both on or both off, (count, N, N).

    Of outputs (count, N, ...), each counted as often as its network uses it.
    """
    total = torch.zeros((), dtype=torch.float64)
    for output, uses in relus:
        on = output.detach().flatten(2).sign()  # sums of up to 2^24 ones are exact
        both = on @ on.mT
        ones = both.diagonal(dim1=1, dim2=2)
        alike = on.shape[2] - ones[:, :, None] - ones[:, None] + 2 * both
        total = total + torch.tensor(uses)[:, None, None] * alike.cpu().double()
    return total


def input_pass(context: Context[Network]) -> Records:
    """One backward of the summed logits to the images.

    Raises:
        Undefined: the sum does not depend on the images.
    """
    if context.network.centred:
        raise Undefined(CENTRED)
    seen = context.made[Forward]
    (jacobian,) = gradients(seen.logits.sum(), to=[seen.images], retain_graph=True)
    labels, classes = context.inputs.labels.cpu(), seen.logits.shape[1] // context.count
    each = context.split(jacobian.cpu()).flatten(2)
    return {r.InputJacobian: [r.InputJacobian(part, labels, classes) for part in each]}


def gradients_pass(context: Context[Network]) -> Records:
    """Read the gradients of the loss."""
    slopes: Slopes = context.made[Slopes]
    grads = context.per_network(context.network.weighted, slopes.weights)
    layers = [norm for norm in slopes.norms for _ in range(2)] + [context.network.classifier]
    others = [part for both in slopes.norms.values() for part in both] + [slopes.bias]
    parts = zip(weights_of(context), grads, context.per_network(layers, others), strict=True)
    return {r.LossGradients: [r.LossGradients(*each) for each in parts]}


def saliency_pass(context: Context[Network]) -> Records:
    """Multiply every layer's output by its gradient."""
    layers = context.network.weighted
    called, slopes = context.made[Forward].calls, context.made[Slopes].outputs
    products = [called[layer][1].detach() * slopes[layer] for layer in layers]
    sums = [part.flatten(2).sum(2) if part.ndim > 2 else part for part in products]
    made = [
        r.ChannelSaliency(
            saliency, tuple(layer.weight[0].numel() for layer in layers if i in layer.lanes)
        )
        for i, saliency in enumerate(context.per_network(layers, sums, dim=1))
    ]
    return {r.ChannelSaliency: made}


def halves_pass(context: Context[Network]) -> Records:
    """Gradients of the mean cross-entropy of either half of the minibatch."""
    layers = context.network.weighted
    weights = [layer.weight for layer in layers]
    halves = zip(*(torch.chunk(part, 2) for part in context.inputs[:2]), strict=True)
    grads = [
        gradients(loss(context, context.network(context.repeated(x)), y), to=list(weights))
        for x, y in halves
    ]
    each = context.per_network(layers, map(torch.stack, zip(*grads, strict=True)), dim=1)
    return {r.HalfGradients: [r.HalfGradients(part) for part in each]}
