"""RBFleX: how far apart images lie, by a radial kernel."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from proxies.registry import proxy
from proxies.responses import FeatureDistances

GAMMAS = 2.68690173088039e-12, 1.02460061284506e-11
"""Of the kernels over ReLUs and over the classifier's input, as the released code has them."""


@proxy(
    larger_is_better=True,
    source="Yamasaki et al., RBFleX-NAS, TNNLS 2025, arXiv:2503.22733",
    undefined="two images are the same to all ReLUs or to the classifier",
)
def rbflex(images: FeatureDistances) -> Tensor:
    r"""Sum of the log-determinants of two kernels between images, times their number.

    :math:`N (\log |K| + \log |Q|)`, which is :math:`\log |K \otimes Q|`; :math:`K_{ij} =
    \exp(-\gamma_K d_{ij}^2)` over what all ReLUs put out and :math:`Q` likewise over what comes to
    the classifier, each unit scaled to lie from 0 to 1. Three images, one by one, and
    :math:`\gamma`, as in the released code; the paper finds :math:`\gamma` from features of some
    networks. It is so small that it shifts all scores alike, to a part in a million. Each ReLU
    counts once for every convolution that it feeds; the code also counts those of dead operations.
    Units that rounding alone may move are left out, which is ours: scaled, they would count fully.
    """
    parts = [log_determinant(d, gamma) for d, gamma in zip(images, GAMMAS, strict=True)]
    return len(images.last) * torch.stack(parts).sum()


def log_determinant(squared: Tensor, gamma: float) -> Tensor:
    r"""Return :math:`\log |\exp(-\gamma d^2)|`, with no digits lost where :math:`\gamma` is small.

    For :math:`E = (\exp(-\gamma d^2) - 1) / \gamma` the determinant is :math:`\gamma^{N-1}` times
    that of E bordered by ones, minus ones and :math:`\gamma`.
    """
    n = len(squared)
    bordered = squared.new_full((n + 1, n + 1), gamma)
    bordered[:n, :n] = torch.expm1(-gamma * squared) / gamma
    bordered[:n, n], bordered[n, :n] = 1, -1
    logdet: Tensor = torch.linalg.slogdet(bordered).logabsdet
    return logdet + (n - 1) * math.log(gamma)
