"""Passes of synaptic flow: an all-ones image through absolute parameters."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.network import Network
from harness.passes.hooks import gradients
from harness.passes.inputs import Records, Run
from proxies import records as r


def flow_pass(run: Run[Network]) -> Records:
    """An all-ones image through the absolute parameters in float64, without normalisation."""
    return {r.FlowGradients: [r.FlowGradients(*one) for one in _flow(run)]}


def normalised_flow_pass(run: Run[Network]) -> Records:
    """The same, with batch normalisation by the statistics of the one image."""
    made = [r.NormalisedFlowGradients(*one) for one in _flow(run)]
    return {r.NormalisedFlowGradients: made}


def _flow(run: Run[Network]) -> Iterator[tuple[tuple[Tensor, ...], ...]]:
    """Yield each network's weights and gradients."""
    network = run.network
    absolute = {
        name: parameter.detach().double().abs().requires_grad_()
        for name, parameter in network.named_parameters()
    }
    names = {module: name for name, module in network.named_modules()}
    weights = [absolute[f"{names[layer]}.weight"] for layer in network.weighted]
    ones = torch.ones_like(run.beside(run.inputs.images[:1]), dtype=torch.float64)
    logits = torch.func.functional_call(network, absolute, ones)
    grads = gradients(logits.sum(), to=weights)
    return zip(*(run.apart(network.weighted, part) for part in (weights, grads)), strict=True)
