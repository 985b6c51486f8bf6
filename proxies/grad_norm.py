"""Norm of the loss gradient, layer by layer."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LossGradients
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv:2101.08134",
)
def grad_norm(loss: LossGradients) -> Tensor:
    r"""Sum over layers of :math:`\lVert \partial L/\partial w_l \rVert_2`, not squared."""
    return torch.stack([g.norm() for g in loss.grads]).sum()
