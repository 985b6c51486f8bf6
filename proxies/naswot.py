"""Overlap of ReLU codes between images."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import ReluAgreement
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Mellor et al., Neural Architecture Search without Training, ICML 2021, "
    "arXiv:2006.04647",
    undefined="two images share every ReLU code, so the kernel is singular",
)
def naswot(relu: ReluAgreement) -> Tensor:
    r"""Log-determinant of the code kernel, :math:`\log |\det K_H|`.

    :math:`K_H` counts the ReLUs at which two images agree. The released code sees 128 images; here
    it is the minibatch, and the value grows with their number. Dead convolutions hold no ReLU here;
    the reference codes count them. A singular kernel is undefined here, where the sign of the
    determinant is dropped there and rounding decides.
    """
    logdet: Tensor = torch.linalg.slogdet(relu.agreement.double()).logabsdet
    return logdet
