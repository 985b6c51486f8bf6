"""Passes of the loss on the minibatch: its gradients, its Hessian, and what its forward shows."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.network import Network
from harness.observe import calls, gradients
from harness.passes.inputs import Inputs, Records
from proxies import records as r


def weights_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Read the weights; the network does not run."""
    return {r.Weights: r.Weights(tuple(layer.weight.detach() for layer in network.weighted))}


def loss_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """One forward, one backward of the mean cross-entropy, one of the summed logits if wanted."""
    made: Records = {}
    layers = network.weighted
    relus = [module for module in network.modules() if isinstance(module, nn.ReLU)]
    images = inputs.images.clone().requires_grad_(r.InputJacobian in wanted)
    with calls(layers) as layer_calls, calls(relus) as relu_calls:
        logits = network(images)
    if r.ReluAgreement in wanted:
        made[r.ReluAgreement] = r.ReluAgreement(agreement([x for x, _ in relu_calls]))
    if r.InputJacobian in wanted:
        (jacobian,) = gradients(logits.sum(), to=[images], retain_graph=True)
        made[r.InputJacobian] = r.InputJacobian(jacobian.flatten(1), inputs.labels, logits.shape[1])
    if not wanted & {r.LossGradients, r.ChannelSaliency}:
        return made
    weights = [layer.weight for layer in layers]
    own = {id(weight) for weight in weights}
    others = [parameter for parameter in network.parameters() if id(parameter) not in own]
    outputs = [output for _, output in layer_calls] if r.ChannelSaliency in wanted else []
    loss = F.cross_entropy(logits, inputs.labels)
    grads = gradients(loss, to=[*weights, *others, *outputs])
    made[r.LossGradients] = r.LossGradients(
        tuple(weight.detach() for weight in weights),
        grads[: len(weights)],
        grads[len(weights) : len(weights) + len(others)],
    )
    if r.ChannelSaliency in wanted:
        pairs = zip(outputs, grads[len(weights) + len(others) :], strict=True)
        made[r.ChannelSaliency] = r.ChannelSaliency(
            tuple(
                (a.detach() * da).flatten(2).sum(2) if a.ndim > 2 else a.detach() * da
                for a, da in pairs
            ),
            tuple(weight[0].numel() for weight in weights),
        )
    return made


def agreement(relu_inputs: list[Tensor]) -> Tensor:
    """Return at how many positions each two images have the same sign code x > 0, (N, N)."""
    n = len(relu_inputs[0])
    total = torch.zeros(n, n, dtype=torch.float64, device=relu_inputs[0].device)
    for x in relu_inputs:
        signs = torch.where(x.detach().flatten(1) > 0, 1.0, -1.0)
        total += (signs.shape[1] + signs @ signs.T).double() / 2
    return total


def hessian_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Hessian of the mean cross-entropy times its own gradient, by differentiating twice."""
    weights = [layer.weight for layer in network.weighted]
    loss = F.cross_entropy(network(inputs.images), inputs.labels)
    grads = gradients(loss, to=list(weights), create_graph=True)
    aligned = torch.stack([(g * g.detach()).sum() for g in grads]).sum()
    products = gradients(aligned, to=list(weights))
    detached = tuple(weight.detach() for weight in weights)
    return {r.HessianGradient: r.HessianGradient(detached, products)}


def halves_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Gradients of the mean cross-entropy of either half of the minibatch."""
    weights = [layer.weight for layer in network.weighted]
    halves = zip(*(torch.chunk(part, 2) for part in inputs[:2]), strict=True)
    grads = [gradients(F.cross_entropy(network(x), y), to=list(weights)) for x, y in halves]
    return {r.HalfGradients: r.HalfGradients(tuple(map(torch.stack, zip(*grads, strict=True))))}
