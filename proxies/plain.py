"""Signed sensitivity: SNIP without the absolute value."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LossGradients
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv:2101.08134",
)
def plain(loss: LossGradients) -> Tensor:
    r"""Sum of weight times gradient, :math:`\sum_l \langle w_l, \partial L/\partial w_l \rangle`.

    A convolution that batch normalisation follows is scale-invariant, so its term vanishes: the
    score comes from the classifier and the unnormalised shortcuts of the residual blocks alone.
    """
    products = zip(loss.weights, loss.grads, strict=True)
    return torch.stack([(w * g).double().sum() for w, g in products]).sum()
