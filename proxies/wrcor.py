"""WRCor: how differently ReLUs respond to images, the last ones most."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.registry import proxy
from proxies.responses import ResponseCorrelations


@proxy(
    larger_is_better=True,
    source="Jing et al., Zero-Shot NAS with Weighted Response Correlation, arXiv:2507.08841",
    undefined="no ReLU tells the images apart, so the matrix is singular",
)
def wrcor(responses: ResponseCorrelations) -> Tensor:
    r"""Log-determinant of correlations between images, each block counting twice the one before.

    :math:`\log\det \sum_l 2^l \sum_i |C^A_{l,i}| + |C^G_{l,i}|`, with :math:`C^A` and :math:`C^G`
    the N x N correlations, over the units of a ReLU, of what comes to it and of the gradient of the
    loss there; ReLUs i of block l, those of the stem left out, and one after the last block. As in
    the released code what the last one puts out stands for what comes to it, and a ReLU where some
    image's values are all equal is left out. Each counts once for every convolution that it feeds;
    the code also counts those of dead operations. The paper reads 64 images, here it is the
    minibatch.
    """
    each = responses.activations + responses.gradients
    weights = 2.0 ** torch.arange(len(each), dtype=torch.float64)
    logdet: Tensor = torch.linalg.slogdet((weights[:, None, None] * each).sum(0)).logabsdet
    return logdet
