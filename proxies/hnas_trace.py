"""HNAS's trace: the true class's logit only."""

from __future__ import annotations

from torch import Tensor

from proxies.records import TrueLogitKernel
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Shu et al., HNAS, NeurIPS 2022, arXiv:2201.09785")
def hnas_trace(kernel: TrueLogitKernel) -> Tensor:
    r"""Root mean square gradient of the true class's logit.

    :math:`\bigl(\frac1N \sum_i \lVert \nabla f_{y_i}(x_i) \rVert_2^2\bigr)^{1/2}` over convolutions
    and the classifier. The released code lets images interact through batch normalisation; here the
    statistics are held constant, so each gradient is its image's own. A disconnected cell scores 1.
    """
    return (kernel.weights + kernel.biases).diagonal().mean().sqrt()
