"""Gradient signal preservation."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import HessianWeights
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Wang et al., GraSP, ICLR 2020, arXiv:2002.07376; sign of Abdelfattah et al., ICLR 2021",
)
def grasp(curvature: HessianWeights) -> Tensor:
    r"""Loss of gradient flow on pruning, :math:`-\sum_l \langle w_l, (H g)_l \rangle`.

    :math:`H` is the Hessian of the mean cross-entropy over the weights :math:`w`, :math:`g` its
    gradient. :math:`H` is symmetric, so the sum is :math:`-\sum_l \langle g_l, (H w)_l \rangle`,
    which costs less. The pruning paper keeps weights with low scores; as a proxy the literature
    ranks high sums first.
    """
    products = zip(curvature.grads, curvature.products, strict=True)
    return -torch.stack([(g * hw).double().sum() for g, hw in products]).sum()
