"""TE-NAS's trainability: the condition number of the NTK."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LogitSumKernel
from proxies.registry import proxy


@proxy(
    larger_is_better=False,
    source="Chen et al., TE-NAS, ICLR 2021, arXiv:2102.11535, eq. 3",
    undefined="the kernel is singular",
)
def ntk_condition(kernel: LogitSumKernel) -> Tensor:
    r"""Condition number :math:`\kappa = \lambda_1 / \lambda_N` of the kernel of summed logits.

    :math:`\bigl\langle \nabla \sum_c f_c(x_i), \nabla \sum_c f_c(x_j) \bigr\rangle` over weights
    (not biases) at :math:`N(0, 2/\text{fan-out})` initialisation. The released code averages three
    initialisations (``--seeds 3``), takes a network of width 3 with one cell a stage and 72 images,
    and lets images interact through batch normalisation; here it is the benchmark's network on the
    minibatch, statistics held constant. Dead operations, which it builds, have no gradient. It puts
    100,000 where the condition number is not a number, and in float32 a singular kernel may have a
    negative smallest eigenvalue and rank best; here the kernel is decomposed in float64 and such a
    score is undefined.
    """
    return condition_number(kernel.gram)


def condition_number(gram: Tensor) -> Tensor:
    """Return the largest over the smallest eigenvalue of (N, N), infinite if singular."""
    values: Tensor = torch.linalg.eigvalsh(gram.double())
    return values[-1] / values[0].clamp_min(0)
