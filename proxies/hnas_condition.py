"""HNAS's condition number: the true class's logit only."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.ntk_condition import condition_number
from proxies.records import TrueLogitKernel
from proxies.registry import proxy


@proxy(
    larger_is_better=False,
    source="Shu et al., HNAS, NeurIPS 2022, arXiv:2201.09785",
    undefined="the kernel is singular, or no weight has a gradient",
)
def hnas_condition(kernel: TrueLogitKernel) -> Tensor:
    r"""Condition number of the kernel of the true classes' logits, :math:`\lambda_1 / \lambda_N`.

    The kernel is that of ``hnas_trace``: :math:`\langle \nabla f_{y_i}(x_i), \nabla f_{y_j}(x_j)
    \rangle` over convolutions and the classifier, statistics held constant.
    """
    if not kernel.weights.any():
        return torch.tensor(torch.nan)
    return condition_number(kernel.weights + kernel.biases)
