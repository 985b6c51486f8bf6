"""The pass that compares how ReLUs respond to images: what reaches them, and its gradient."""

from __future__ import annotations

from contextlib import ExitStack

import torch
from torch import Tensor, nn

from benchmarks.blocks import Staged
from benchmarks.layers import parted
from benchmarks.readers import readers
from harness.passes.features import correlation
from harness.passes.forward import loss
from harness.passes.hooks import calls, gradients
from harness.passes.inputs import Context, Records
from proxies.responses import ResponseCorrelations


def responses_pass(context: Context[Staged]) -> Records:
    """A forward in which every edge has its own copy of the ReLU that it reads, and a backward."""
    network, (images, labels, _) = context.network, context.inputs
    magnitudes = list(readers(network))
    own: dict[nn.Module, Tensor] = {}

    def copied(module: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        x = inputs[0]  # in a disconnected cell it depends on no weight
        own[module] = x.view_as(x) if x.requires_grad else x.detach().requires_grad_()
        return (own[module],)

    with ExitStack() as stack, calls({reader.relu for reader in magnitudes}) as called:
        for reader in magnitudes:
            stack.callback(reader.module.register_forward_pre_hook(copied).remove)
        logits = network(context.repeated(images))
    ends = [own[reader.module] for reader in magnitudes]
    backs = gradients(loss(context, logits, labels), to=ends) if ends else ()
    length = len(network.body) + 1
    places: dict[nn.Module, int] = {reader.relu: reader.place for reader in magnitudes}
    seen = {
        relu: alike(after if places[relu] == length - 1 else before, context.count)
        for relu, (before, after) in called.items()
    }
    shape = context.count, length, len(images), len(images)
    activations, slopes = (torch.zeros(shape, dtype=torch.float64) for _ in range(2))
    for reader, back in zip(magnitudes, backs, strict=True):
        if reader.module is not reader.relu:
            back = torch.where(own[reader.module] > 0, back, 0)
        lanes = list(reader.lanes)
        activations[lanes, reader.place] += seen[reader.relu][lanes]
        slopes[lanes, reader.place] += alike(back, len(lanes))
    each = zip(activations, slopes, strict=True)
    return {ResponseCorrelations: [ResponseCorrelations(*part) for part in each]}


def alike(x: Tensor, lanes: int) -> Tensor:
    """Return absolute correlations of images, (lanes, N, N), of (N, lanes * C, H, W).

    Zero with all of a network's images where those of one are all equal.
    """
    rows = parted(x.detach(), lanes).transpose(0, 1).flatten(2)
    magnitudes = correlation(rows).double().abs().cpu()
    vary = magnitudes.diagonal(dim1=1, dim2=2).gt(0).all(1)
    return torch.where(vary[:, None, None], magnitudes, 0)
