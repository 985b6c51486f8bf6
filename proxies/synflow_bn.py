"""Synaptic flow with batch normalisation left in."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import NormalisedFlowGradients
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, code only",
)
def synflow_bn(flow: NormalisedFlowGradients) -> Tensor:
    r"""Sum of magnitudes, :math:`\sum_l \lVert |w_l| \odot \partial R/\partial |w_l| \rVert_1`.

    :math:`R` is that of ``synflow``, but every batch normalisation uses the statistics of the one
    all-ones image. Terms may then be negative; their absolute values are summed.
    """
    products = zip(flow.weights, flow.grads, strict=True)
    return torch.stack([(w * g).abs().sum() for w, g in products]).sum()
