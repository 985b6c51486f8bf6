"""The pass of the Fisher information of one weight of every parameter tensor."""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.layers import Layer, Parametrised
from benchmarks.network import Network
from harness.passes.hooks import calls
from harness.passes.inputs import Context, Records
from harness.passes.samples import LOGITS, images_at_once
from harness.passes.sweep import sweep
from proxies import records as r

TENSORS = 128
"""Of parameters, from the input on, that have a weight in the matrix."""

SHARE = 0.05
"""Of a uniform distribution in the probabilities, without which a sure network has none."""


def information_pass(context: Context[Network]) -> Records:
    """Each Gaussian image's gradients of its logits."""
    network = context.network
    with calls(network.layers) as called, torch.no_grad():
        logits = network(context.repeated(context.inputs.gaussian[0]))
    every = torch.eye(logits.shape[1] // context.count).to(logits).repeat(1, context.count)
    columns: list[dict[Parametrised, Tensor]] = []
    for some in torch.split(every, LOGITS):
        parts, size = [], images_at_once(network, called, len(some))
        for first in range(0, len(logits), size):
            images = len(logits[first : first + size])
            firsts = Firsts()
            cotangents = some[:, None].expand(-1, images, -1)
            sweep(network, called, cotangents, first, firsts)
            parts.append(firsts.gradients)
        columns.append({layer: torch.cat([part[layer] for part in parts]) for layer in parts[0]})
    gradients = {layer: torch.cat([column[layer] for column in columns], 1) for layer in columns[0]}
    probabilities = context.split(logits).double().softmax(2).cpu() * (1 - SHARE)
    probabilities += SHARE / probabilities.shape[2]
    layers = [layer for layer in network.layers if isinstance(layer, Parametrised)]
    made = []
    for lane in range(context.count):
        own = [
            gradients[layer][:, :, layer.lanes.index(lane)].cpu().double()
            for layer in layers
            if lane in layer.lanes
        ]
        matrix = information(torch.cat(own, dim=2)[:, :, :TENSORS], probabilities[lane])
        weighted = sum(lane in layer.lanes for layer in network.weighted)
        made.append(r.FisherInformation(matrix, torch.tensor(weighted)))
    return {r.FisherInformation: made}


def information(jacobian: Tensor, p: Tensor) -> Tensor:
    """Return the mean over images of J^T (diag p - p p^T) J, of (N, n, W) and (N, n)."""
    centred = jacobian - (p[:, :, None] * jacobian).sum(1, keepdim=True)
    return torch.einsum("nc,ncv,ncw->vw", p, centred, centred) / len(p)


class Firsts:
    """Keeps gradients of the first entry of every layer's parameter tensors, (B, K, g, tensors)."""

    def __init__(self) -> None:
        self.gradients: dict[Parametrised, Tensor] = {}

    def __call__(self, layer: Layer, x: Tensor, each: Tensor) -> None:
        """Read the first input and output channel of each network that has the layer."""
        if isinstance(layer, Parametrised):
            grads = [grad for _, grad in layer.first_gradients(x, each)]
            self.gradients[layer] = torch.cat(grads, dim=3)
