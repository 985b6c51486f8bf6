"""Correlation of input Jacobians between images."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import InputJacobian
from proxies.registry import proxy

K = 1e-5


@proxy(
    larger_is_better=True,
    source="Mellor et al., Neural Architecture Search without Training, arXiv:2006.04647v1",
    undefined="some image's Jacobian is constant, so its correlations are 0/0",
)
def jacob_cov(inputs: InputJacobian) -> Tensor:
    r"""How little the images' Jacobians correlate, :math:`-\sum_i \log(\nu_i + k) + 1/(\nu_i + k)`.

    :math:`\nu_i` are the eigenvalues of the N x N correlation matrix of the rows of the Jacobian,
    :math:`k = 10^{-5}`.
    """
    correlation = torch.corrcoef(inputs.jacobian.double())
    if not correlation.isfinite().all():
        return correlation.new_tensor(torch.nan)
    shifted: Tensor = torch.linalg.eigvalsh(correlation).clamp_min(0) + K
    return -(shifted.log() + 1 / shifted).sum()
