"""Passes of synaptic flow: an all-ones image through absolute parameters."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.errors import Undefined
from benchmarks.network import Network
from harness.passes.hooks import gradients
from harness.passes.inputs import CENTRED, Context, Records
from proxies import records as r


def flow_pass(context: Context[Network]) -> Records:
    """An all-ones image through the absolute parameters in float64, without normalisation."""
    return {r.FlowGradients: [r.FlowGradients(*part) for part in _flow(context)]}


def normalised_flow_pass(context: Context[Network]) -> Records:
    """The same, with batch normalisation by the statistics of the one image.

    Raises:
        Undefined: the sum does not depend on the kernels.
    """
    if context.network.centred:
        raise Undefined(CENTRED)
    made = [r.NormalisedFlowGradients(*part) for part in _flow(context)]
    return {r.NormalisedFlowGradients: made}


def _flow(context: Context[Network]) -> Iterator[tuple[tuple[Tensor, ...], ...]]:
    """Yield each network's weights and gradients."""
    network = context.network
    absolute = {
        name: parameter.detach().double().abs().requires_grad_()
        for name, parameter in network.named_parameters()
    }
    names = {module: name for name, module in network.named_modules()}
    weights = [absolute[f"{names[layer]}.weight"] for layer in network.weighted]
    ones = torch.ones_like(context.repeated(context.inputs.images[:1]), dtype=torch.float64)
    logits = torch.func.functional_call(network, absolute, ones)
    grads = gradients(logits.sum(), to=weights)
    return zip(
        *(context.per_network(network.weighted, part) for part in (weights, grads)), strict=True
    )
