"""The pass of the Fisher information of one weight of every parameter tensor."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.layers import EPSILON, BatchNorm, Classifier, Convolution, Owner, parted
from harness.observe import calls
from harness.passes.inputs import Records, Run
from harness.passes.samples import HELD, LOGITS
from harness.passes.sweep import sweep
from proxies import records as r

TENSORS = 128
"""Of parameters, from the input on, that have a weight in the matrix."""

SHARE = 0.05
"""Of a uniform distribution in the probabilities, without which a sure network has none."""


def information_pass(run: Run) -> Records:
    """Each Gaussian image's gradients of its logits; every normalisation as it stands at first."""
    network = run.network
    for norm in network.norms:
        norm.mean = torch.zeros_like(norm.weight)
        norm.inverse_std = torch.full_like(norm.weight, (1 + EPSILON) ** -0.5)
    with network.normalised("held"), calls(network.layers) as called, torch.no_grad():
        logits = network(run.beside(run.inputs.gaussian[0]))
    every = torch.eye(logits.shape[1] // run.count).to(logits).repeat(1, run.count)
    columns: list[dict[nn.Module, Tensor]] = []
    for some in torch.split(every, LOGITS):
        parts, size = [], max(1, HELD // len(some))
        for first in range(0, len(logits), size):
            images = len(logits[first : first + size])
            firsts = Firsts()
            cotangents = some[:, None].expand(-1, images, -1)
            sweep(network, called, cotangents, first, firsts)
            parts.append(firsts.found)
        columns.append({owner: torch.cat([part[owner] for part in parts], 1) for owner in parts[0]})
    found = {owner: torch.cat([column[owner] for column in columns]) for owner in columns[0]}
    probabilities = run.split(logits).double().softmax(2).cpu() * (1 - SHARE)
    probabilities += SHARE / probabilities.shape[2]
    owners: list[Owner] = [layer for layer in network.layers if isinstance(layer, Owner)]
    made = []
    for member in range(run.count):
        own = [
            found[owner][:, :, owner.members.index(member)].cpu().double()
            for owner in owners
            if member in owner.members
        ]
        jacobian = torch.cat(own, dim=2)[:, :, :TENSORS].transpose(0, 1)
        layers = sum(member in layer.members for layer in network.weighted)
        matrix = information(jacobian, probabilities[member])
        made.append(r.FisherInformation(matrix, torch.tensor(layers)))
    return {r.FisherInformation: made}


def information(jacobian: Tensor, p: Tensor) -> Tensor:
    """Return the mean over images of J^T (diag p - p p^T) J, of (N, n, W) and (N, n)."""
    centred = jacobian - (p[:, :, None] * jacobian).sum(1, keepdim=True)
    return torch.einsum("nc,ncv,ncw->vw", p, centred, centred) / len(p)


class Firsts:
    """Keeps gradients of the first entry of every layer's parameter tensors, (K, B, g, tensors)."""

    def __init__(self) -> None:
        self.found: dict[nn.Module, Tensor] = {}

    def __call__(self, module: nn.Module, x: Tensor, each: Tensor) -> None:
        """Read the first input and output channel of each network that has the module."""
        if not isinstance(module, Owner):
            return
        g = len(module.members)
        back, seen = parted(each, g, 2)[:, :, :, 0], parted(x, g)[:, :, 0]
        if isinstance(module, Classifier):
            parts = [back * seen, back]
        elif isinstance(module, BatchNorm):
            mean, inverse = (parted(one, g, 0)[:, 0] for one in (module.mean, module.inverse_std))
            scaled = (seen - mean[:, None, None]) * inverse[:, None, None]
            parts = [(back * scaled).sum((3, 4)), back.sum((3, 4))]
        else:
            parts = [(back * corner(module, seen, each)).sum((3, 4))]
        self.found[module] = torch.stack(parts, dim=-1)


def corner(layer: Convolution, seen: Tensor, each: Tensor) -> Tensor:
    """Return what the first entry of a kernel meets at every position, of (B, g, H, W)."""
    margin, step = layer.kernel_size[0] // 2, layer.stride[0]
    height, width = each.shape[3:]
    return F.pad(seen, (margin,) * 4)[..., ::step, ::step][..., :height, :width]
