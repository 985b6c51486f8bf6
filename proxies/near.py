"""NEAR: the effective rank of what layers put out."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import ActivationMatrices
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Husistein et al., NEAR, ICLR 2025, arXiv:2408.08776")
def near(layers: ActivationMatrices) -> Tensor:
    r"""Sum over layers, before and after activation, of the effective rank of their outputs.

    :math:`\exp(-\sum_k p_k \log p_k)`, with :math:`p` the singular values of as many positions as
    there are channels, normalised to sum to 1; the rank of zeros is 0. Layers are convolutions,
    normalisations, ReLUs and the classifier, as in the released code; each ReLU counts once for
    every convolution it feeds. The code also counts dead operations. It draws where the positions
    start for every layer anew, some so late that rows are missing; here all layers of one shape
    start at one place, and no row is. It averages over initialisations (``--seeds``).
    """
    total = torch.zeros((), dtype=torch.float64)
    for stack in layers.stacks:
        values = torch.linalg.svdvals(stack.double())
        p = values / values.sum(1, keepdim=True)
        ranks = torch.where(values.sum(1) > 0, (-torch.xlogy(p, p).sum(1)).exp(), 0)
        total = total + ranks.sum()
    return total
