"""The one forward of the minibatch, and the one backward of its loss, that other passes read."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.network import Network
from benchmarks.normalisation import BatchNorm
from harness.passes.hooks import Calls, calls, gradients
from harness.passes.inputs import Context, Records
from proxies import records as r


class Forward(NamedTuple):
    """The minibatch, its logits, and every layer's call; the graph of the forward hangs on them.

    ``images`` (N, count * 3, H, W), ``logits`` (N, count * classes).
    """

    images: Tensor
    logits: Tensor
    calls: Calls


class FanOutForward(NamedTuple):
    """What :class:`Forward` is, of the weights that are drawn by fan-out; without a graph."""

    images: Tensor
    logits: Tensor
    calls: Calls


class Slopes(NamedTuple):
    """dL/dw of each weight, of normalisations (weight, bias), of the classifier's bias.

    And of outputs of layers, where wanted. L is a sum over networks, so each has its own gradient.
    """

    weights: tuple[Tensor, ...]
    norms: dict[BatchNorm, tuple[Tensor, Tensor]]
    bias: Tensor
    outputs: dict[nn.Module, Tensor]


def forward_pass(context: Context[Network]) -> Records:
    """Run the networks once on the minibatch, and keep what later passes read.

    A pass that holds the minibatch's statistics holds them from here on.
    """
    images = (
        context.repeated(context.inputs.images)
        .clone()
        .requires_grad_(r.InputJacobian in context.wanted)
    )
    with calls(context.network.layers) as called:
        logits = context.network(images)
    return {Forward: Forward(images, logits, called)}


def fan_out_forward_pass(context: Context[Network]) -> Records:
    """The same, and nothing is differentiated by autograd."""
    images = context.repeated(context.inputs.images)
    with calls(context.network.layers) as called, torch.no_grad():
        logits = context.network(images)
    return {FanOutForward: FanOutForward(images, logits, called)}


def slopes_pass(context: Context[Network]) -> Records:
    """One backward of the mean cross-entropy, summed over networks."""
    network, seen = context.network, context.made[Forward]
    norms: list[BatchNorm] = network.norms
    layers: list[nn.Module] = []
    if context.wanted & {r.ChannelSaliency, r.HessianWeights}:
        layers += network.weighted
    if r.HessianWeights in context.wanted:
        layers += norms
    weights = [layer.weight for layer in network.weighted]
    others = [parameter for norm in norms for parameter in (norm.weight, norm.bias)]
    outputs = [seen.calls[layer][1] for layer in layers]
    to = [*weights, *others, network.classifier.bias, *outputs]
    grads = iter(
        gradients(loss(context, seen.logits, context.inputs.labels), to=to, retain_graph=True)
    )
    made = Slopes(
        tuple(next(grads) for _ in weights),
        {norm: (next(grads), next(grads)) for norm in norms},
        next(grads),
        {layer: next(grads) for layer in layers},
    )
    return {Slopes: made}


def loss(context: Context[Network], logits: Tensor, labels: Tensor) -> Tensor:
    """Return the sum over networks of their mean cross-entropies."""
    each = context.split(logits).flatten(0, 1)
    total = F.cross_entropy(each, labels.repeat(context.count), reduction="sum")
    return total / len(labels)
