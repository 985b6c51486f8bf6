"""Squared norm of the loss gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LossGradients
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv:2101.08134",
)
def grad_norm_squared(loss: LossGradients) -> Tensor:
    r"""Sum over layers of :math:`\lVert \partial L/\partial w_l \rVert_2^2`.

    It differs from ``nasi`` in leaving out biases and batch-norm parameters. The variant of ZenNAS
    and AZ-NAS keeps them and takes the root, which on the same images, labels and initialisation
    ranks exactly as ``nasi`` does.
    """
    return torch.stack([g.square().sum() for g in loss.grads]).sum()
