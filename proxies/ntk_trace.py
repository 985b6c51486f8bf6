"""The trace of the neural tangent kernel, exactly."""

from __future__ import annotations

from torch import Tensor

from proxies.records import LogitJacobian
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Shu et al., NASI, ICLR 2022, arXiv:2109.00817, eq. 9")
def ntk_trace(jacobian: LogitJacobian) -> Tensor:
    r"""Trace of the NTK, :math:`\sum_i \sum_c \lVert \nabla_\theta f_c(x_i) \rVert_2^2`.

    Over every image and logit and all parameters, with the minibatch's normalisation statistics
    held constant. A disconnected cell scores N n: only the classifier's bias has a gradient.
    """
    return jacobian.squared_norms.double().sum()
