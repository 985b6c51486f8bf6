"""Norm of the weights at initialisation."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import Weights
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv:2101.08134",
)
def l2_norm(initial: Weights) -> Tensor:
    r"""Sum over layers of the norm of the weights, :math:`\sum_l \lVert w_l \rVert_2`.

    It depends on shapes and the initialisation only. Here dead operations hold no weights; the
    reference code sums every candidate operation of every edge, used or not, and so is constant but
    for the draw: the correlation here is all that this departure makes.
    """
    return torch.stack([w.norm() for w in initial.weights]).sum()
