"""Zen-score: Gaussian complexity with normalisation put back."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import Perturbation
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Lin et al., Zen-NAS, ICCV 2021, arXiv:2102.01063",
    undefined="the features do not respond to the input, so the logarithm is of zero",
)
def zen(response: Perturbation) -> Tensor:
    r"""Log of the feature change plus the log of the scales that batch normalisation removed.

    :math:`\log \mathbb{E} \lVert f(x) - f(x + 0.01 x') \rVert_1 + \sum_k \log \bar\sigma_k`, with
    :math:`\bar\sigma_k^2` the mean over channels of the variance that normalisation k divides by.
    The features are those after the last ReLU. The variance is the minibatch's; the reference code
    reads a running mean that still holds nine tenths of its starting value, 1. It takes 16 images
    and averages 32 initialisations (``--seeds 32``); here it is the minibatch's number, and one
    initialisation differs little from the next.
    """
    scales = torch.stack([variance.double().mean() for variance in response.variances])
    return response.change.double().mean().log() + scales.sqrt().log().sum()
