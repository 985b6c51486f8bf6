"""Gradient signal preservation."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import HessianGradient
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Wang et al., GraSP, ICLR 2020, arXiv:2002.07376; sign of Abdelfattah et al., ICLR 2021",
)
def grasp(curvature: HessianGradient) -> Tensor:
    r"""Loss of gradient flow on pruning, :math:`-\sum_l \langle w_l, (H g)_l \rangle`.

    :math:`H` is the Hessian of the mean cross-entropy, :math:`g` its gradient. The pruning paper
    keeps weights with low scores; as a proxy the literature ranks high sums first.
    """
    products = zip(curvature.weights, curvature.products, strict=True)
    return -torch.stack([(w * hg).double().sum() for w, hg in products]).sum()
