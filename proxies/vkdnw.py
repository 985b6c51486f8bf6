"""VKDNW: how evenly the weights of a network can be known."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import FisherInformation
from proxies.registry import proxy

EPSILON = torch.finfo(torch.float64).eps
"""Relative rounding error of a double."""


@proxy(
    larger_is_better=True,
    source="Tybl and Neumann, VKDNW, CVPR 2025, arXiv:2502.04975, the single score",
    undefined="no decile of the information's eigenvalues is positive",
)
def vkdnw(information: FisherInformation) -> Tensor:
    r"""Number of layers plus the entropy of the deciles of the Fisher information's eigenvalues.

    :math:`\aleph - \sum_{k=1}^9 \lambda_k \log \lambda_k`, with :math:`\lambda` the first to the
    ninth decile, normalised to sum to 1; so the entropy is at most :math:`\log 9` and decides
    between networks of equally many layers, which are convolutions and the classifier. Eigenvalues
    that rounding alone can make are 0. The matrix is of the first weight of each of the first 128
    parameter tensors. The released code orders by the number of parameter tensors, then by entropy,
    which is the same order but for dead operations, which it counts. It multiplies gradients by a
    Cholesky factor of the covariance of the classes where the transpose should stand, and adds
    1e-10 to the sum and in the logarithm; what these move is not known.
    """
    values = torch.linalg.eigvalsh(information.matrix.double())
    values = torch.where(values > len(values) * EPSILON * values[-1], values, 0)
    tenths = torch.arange(1, 10, dtype=torch.float64) / 10
    deciles = torch.quantile(values, tenths)
    shares = deciles / deciles.sum()
    return information.layers - torch.xlogy(shares, shares).sum()
