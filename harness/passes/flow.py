"""Passes of synaptic flow: an all-ones image through absolute parameters."""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.layers import Normalisation
from harness.observe import gradients
from harness.passes.inputs import Records, Run
from proxies import records as r


def flow_pass(run: Run) -> Records:
    """An all-ones image through the absolute parameters in float64, without normalisation."""
    return {r.FlowGradients: r.FlowGradients(*_flow(run, "off"))}


def normalised_flow_pass(run: Run) -> Records:
    """The same, with batch normalisation by the statistics of the one image."""
    made = r.NormalisedFlowGradients(*_flow(run, "batch"))
    return {r.NormalisedFlowGradients: made}


def _flow(run: Run, mode: Normalisation) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    network = run.network
    absolute = {
        name: parameter.detach().double().abs().requires_grad_()
        for name, parameter in network.named_parameters()
    }
    weighted = set(network.weighted)
    names = [f"{name}.weight" for name, m in network.named_modules() if m in weighted]
    weights = [absolute[name] for name in names]
    ones = torch.ones_like(run.inputs.images[:1], dtype=torch.float64)
    with network.normalised(mode):
        logits = torch.func.functional_call(network, absolute, ones)
    grads = gradients(logits.sum(), to=weights)
    return tuple(weight.detach() for weight in weights), grads
