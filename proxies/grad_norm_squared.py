"""Squared norm of the loss gradient."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LossGradients
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="variant of this project, squared and without biases; no publication",
)
def grad_norm_squared(loss: LossGradients) -> Tensor:
    r"""Sum over layers of :math:`\lVert \partial L/\partial w_l \rVert_2^2`.

    No publication has it: ``grad_norm`` does not square, and it differs from ``nasi`` in leaving
    out biases and batch-norm parameters. The variant of ZenNAS and AZ-NAS keeps them and takes the
    root, which on the same images, labels and initialisation ranks exactly as ``nasi`` does.
    """
    return torch.stack([g.square().sum() for g in loss.grads]).sum()
