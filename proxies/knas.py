"""KNAS: the mean entry of the gradient kernel."""

from __future__ import annotations

from torch import Tensor

from proxies.records import LossKernel
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Xu et al., KNAS, ICML 2021, arXiv:2111.13293")
def knas(loss: LossKernel) -> Tensor:
    r"""Mean entry of the kernel of per-image loss gradients.

    :math:`\frac1{N^2} \sum_{ij} \langle \nabla_\theta L_i, \nabla_\theta L_j \rangle`.

    It equals the squared norm of the mean gradient; so it differs from ``nasi`` only in holding the
    normalisation statistics constant. The released code computes something else: of the gradients
    of 50 minibatches, without a step between them, it takes the first entries of about the first
    eleven parameters, and multiplies centred halves with each other. So this is the paper's score
    and not that of its experiments.
    """
    return loss.gram.mean()
