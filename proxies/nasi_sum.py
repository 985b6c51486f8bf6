"""NASI's bound before the minibatch is averaged."""

from __future__ import annotations

from torch import Tensor

from proxies.records import LossKernel
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Shu et al., NASI, ICLR 2022, arXiv:2109.00817, eq. 11")
def nasi_sum(loss: LossKernel) -> Tensor:
    r"""Sum of squared loss gradients, :math:`\sum_i \lVert \nabla_\theta L_i \rVert_2^2`.

    The middle term of the paper's chain from ``ntk_trace`` to ``nasi``: gradients of different
    images cannot cancel. All parameters; normalisation statistics held constant.
    """
    return loss.gram.trace()
