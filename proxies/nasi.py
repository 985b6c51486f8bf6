"""NASI's estimate of the NTK trace from one backward pass."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LossGradients
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Shu et al., NASI, ICLR 2022, arXiv:2109.00817, eq. 12")
def nasi(loss: LossGradients) -> Tensor:
    r"""Squared norm of the minibatch's mean loss gradient, over all parameters.

    :math:`\bigl\lVert \frac1N \sum_i \nabla_\theta L_i \bigr\rVert_2^2`, which the paper puts in
    place of the trace norm of the NTK up to a constant. Biases and batch-norm parameters count. The
    theory predicts a monotone gain up to a cap set by the learning rate; the cap is ignored here.
    """
    return torch.stack([g.square().sum() for g in (*loss.grads, *loss.other_grads)]).sum()
