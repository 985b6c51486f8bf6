"""ZiCo: gradients that are large and steady."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import HalfGradients
from proxies.registry import proxy

LEAST = 1e-3
"""Relative deviation at and below which a weight does not vary."""


@proxy(larger_is_better=True, source="Li et al., ZiCo, ICLR 2023, arXiv:2301.11300")
def zico(halves: HalfGradients) -> Tensor:
    r"""Inverse coefficient of variation of gradients, summed over layers.

    :math:`\sum_l \log \sum_{w \in l} \overline{|g_w|} / \sigma(|g_w|)`, mean and standard deviation
    over minibatches, here the two halves of one. The released code takes the deviation of the
    signed gradient; the two rank cells alike. The few weights whose gradients nearly agree carry
    much of the sum, and rounding decides which: those whose deviation is at most a thousandth of
    their mean are left out. That cut is ours; paper and code leave out deviations of 0 only.
    """
    total = torch.zeros((), dtype=torch.float64)
    for grads in halves.grads:
        mean = grads.abs().mean(0)
        std = (grads.abs() - mean).square().mean(0).sqrt()
        ratios = torch.where(std > LEAST * mean, mean / std, 0).sum(dtype=torch.float64)
        total = total + (ratios.log() if ratios > 0 else 0)
    return total
