"""Synaptic flow."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import FlowGradients
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Tanaka et al., SynFlow, NeurIPS 2020, arXiv:2006.05467")
def synflow(flow: FlowGradients) -> Tensor:
    r"""Synaptic flow, :math:`\sum_l \langle |w_l|, \partial R/\partial |w_l| \rangle`.

    :math:`R` sums the logits of an all-ones image through the absolute weights, batch normalisation
    removed everywhere. (The common reference code leaves it in the residual blocks.) Values span
    tens of orders of magnitude; only their order is used.
    """
    products = zip(flow.weights, flow.grads, strict=True)
    return torch.stack([(w * g).sum() for w, g in products]).sum()
