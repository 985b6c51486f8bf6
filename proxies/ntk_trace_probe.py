"""The trace of the neural tangent kernel, estimated from two backward passes."""

from __future__ import annotations

from torch import Tensor

from proxies.records import ProbedJacobian
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Hutchinson, Communications in Statistics 1989, applied to Shu et al., NASI, eq. 9",
)
def ntk_trace_probe(jacobian: ProbedJacobian) -> Tensor:
    r"""Estimate of ``ntk_trace``, :math:`\frac12 \sum_k \sum_i \lVert J_i^\top v_{ki} \rVert_2^2`.

    :math:`J_i` is the Jacobian of image i's logits and :math:`v_{ki}` a vector of random signs, the
    same for every candidate; :math:`\mathbb{E}\, v v^\top = I` makes it unbiased. Two backwards in
    place of one a class. See :func:`standard_error`.
    """
    return jacobian.squared_norms.mean(0).sum()


def standard_error(jacobian: ProbedJacobian) -> Tensor:
    r"""Return the estimate's standard error, :math:`\frac12 (\sum_i (s_{1i} - s_{2i})^2)^{1/2}`.

    :math:`s_{ki}` is probe k's squared norm for image i; signs are independent between images.
    """
    first, second = jacobian.squared_norms
    error: Tensor = (first - second).square().sum().sqrt() / 2
    return error
