"""Connection sensitivity."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LossGradients
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Lee et al., SNIP, ICLR 2019, arXiv:1810.02340")
def snip(loss: LossGradients) -> Tensor:
    r"""Connection sensitivity, :math:`\sum_l \lVert w_l \odot \partial L/\partial w_l \rVert_1`.

    The paper's gradient of a mask of ones equals this product, so no mask is needed.
    """
    products = zip(loss.weights, loss.grads, strict=True)
    return torch.stack([(w * g).abs().sum() for w, g in products]).sum()
