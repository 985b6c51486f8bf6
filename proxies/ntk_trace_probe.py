"""The trace of the neural tangent kernel, estimated from one backward pass."""

from __future__ import annotations

from torch import Tensor

from proxies.records import ProbedJacobian
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Hutchinson, Communications in Statistics 1989, applied to Shu et al., NASI, eq. 9",
)
def ntk_trace_probe(jacobian: ProbedJacobian) -> Tensor:
    r"""Estimate of ``ntk_trace``, :math:`\sum_i \lVert J_i^\top v_i \rVert_2^2`.

    :math:`J_i` is the Jacobian of image i's logits and :math:`v_i` a vector of random signs, the
    same for every candidate; :math:`\mathbb{E}\, v v^\top = I` makes it unbiased. One backward in
    place of one a class.
    """
    return jacobian.squared_norms.sum()
