"""Passes that read the loss of the minibatch: its gradients, and what its forward shows."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.layers import ReLU
from harness.observe import gradients
from harness.passes.forward import Forward, Slopes
from harness.passes.inputs import Records, Run
from proxies import records as r


def weights_pass(run: Run) -> Records:
    """Read the weights; the network does not run."""
    return {r.Weights: r.Weights(weights_of(run))}


def weights_of(run: Run) -> tuple[Tensor, ...]:
    """Return the weights of every convolution and the classifier."""
    return tuple(layer.weight.detach() for layer in run.network.weighted)


def agreement_pass(run: Run) -> Records:
    """Which ReLUs two images switch alike."""
    seen = run.made[Forward].calls.items()
    outputs = [(output, module.uses) for module, (_, output) in seen if isinstance(module, ReLU)]
    return {r.ReluAgreement: r.ReluAgreement(agreement(outputs))}


def agreement(relus: list[tuple[Tensor, int]]) -> Tensor:
    """Return at how many positions each two images are both on or both off, (N, N)."""
    n = len(relus[0][0])
    total = torch.zeros(n, n, dtype=torch.float64, device=relus[0][0].device)
    for output, uses in relus:
        on = output.detach().flatten(1).sign()  # sums of up to 2^24 ones are exact
        both = on @ on.T
        count = both.diagonal()
        total += uses * (on.shape[1] - count[:, None] - count + 2 * both).double()
    return total


def input_pass(run: Run) -> Records:
    """One backward of the summed logits to the images."""
    seen = run.made[Forward]
    (jacobian,) = gradients(seen.logits.sum(), to=[seen.images], retain_graph=True)
    record = r.InputJacobian(jacobian.flatten(1), run.inputs.labels, seen.logits.shape[1])
    return {r.InputJacobian: record}


def gradients_pass(run: Run) -> Records:
    """Read the gradients of the loss."""
    slopes = run.made[Slopes]
    others = tuple(slopes.others.values())
    return {r.LossGradients: r.LossGradients(weights_of(run), slopes.weights, others)}


def saliency_pass(run: Run) -> Records:
    """Multiply every layer's output by its gradient."""
    layers = run.network.weighted
    called, slopes = run.made[Forward].calls, run.made[Slopes].outputs
    products = [called[layer][1].detach() * slopes[layer] for layer in layers]
    record = r.ChannelSaliency(
        tuple(one.flatten(2).sum(2) if one.ndim > 2 else one for one in products),
        tuple(layer.weight[0].numel() for layer in layers),
    )
    return {r.ChannelSaliency: record}


def halves_pass(run: Run) -> Records:
    """Gradients of the mean cross-entropy of either half of the minibatch."""
    weights = [layer.weight for layer in run.network.weighted]
    halves = zip(*(torch.chunk(part, 2) for part in run.inputs[:2]), strict=True)
    grads = [gradients(F.cross_entropy(run.network(x), y), to=list(weights)) for x, y in halves]
    return {r.HalfGradients: r.HalfGradients(tuple(map(torch.stack, zip(*grads, strict=True))))}
