"""The one forward of the minibatch, and the one backward of its loss, that other passes read."""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from harness.observe import Calls, calls, gradients
from harness.passes.inputs import Records, Run
from proxies import records as r


class Forward(NamedTuple):
    """The minibatch, its logits, and every layer's call; the graph of the forward hangs on them."""

    images: Tensor
    logits: Tensor
    calls: Calls


class Slopes(NamedTuple):
    """dL/dw of each weight, of all other parameters, and of outputs of layers, where wanted."""

    weights: tuple[Tensor, ...]
    others: dict[nn.Parameter, Tensor]
    outputs: dict[nn.Module, Tensor]


def forward(run: Run) -> Forward:
    """Run the network on the minibatch and keep what every layer was called with."""
    images = run.inputs.images.clone().requires_grad_(r.InputJacobian in run.wanted)
    modules = run.network.modules()
    layers = [m for m in modules if not list(m.children()) and not isinstance(m, nn.Identity)]
    with calls(layers) as called:
        logits = run.network(images)
    return Forward(images, logits, called)


def forward_pass(run: Run) -> Records:
    """One forward."""
    return {Forward: forward(run)}


def slopes_pass(run: Run) -> Records:
    """One backward of the mean cross-entropy."""
    network, seen = run.network, run.made[Forward]
    layers: list[nn.Module] = []
    if run.wanted & {r.ChannelSaliency, r.HessianWeights}:
        layers += network.weighted
    if r.HessianWeights in run.wanted:
        layers += network.norms
    weights = [layer.weight for layer in network.weighted]
    own = set(map(id, weights))
    others = [parameter for parameter in network.parameters() if id(parameter) not in own]
    outputs = [seen.calls[layer][1] for layer in layers]
    loss = F.cross_entropy(seen.logits, run.inputs.labels)
    grads = iter(gradients(loss, to=[*weights, *others, *outputs], retain_graph=True))
    made = Slopes(
        tuple(next(grads) for _ in weights),
        {parameter: next(grads) for parameter in others},
        {layer: next(grads) for layer in layers},
    )
    return {Slopes: made}
