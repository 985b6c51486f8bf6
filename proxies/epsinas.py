"""epsinas: how much outputs change with the scale of weights that are all equal."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import ConstantOutputs
from proxies.registry import proxy

LEAST = torch.finfo(torch.float32).tiny
"""Outputs that differ by less have lost digits in float32."""


@proxy(
    larger_is_better=True,
    source="Gracheva, epsinas, arXiv:2302.04406",
    undefined="all images have one output, or outputs too small for float32",
)
def epsinas(outputs: ConstantOutputs) -> Tensor:
    r"""Mean difference of outputs at two weights, over their common mean.

    :math:`\langle |u - v| \rangle / \langle u \cup v \rangle`.

    :math:`u` and :math:`v` are one output for each image with all weights, those of normalisations
    included, at :math:`10^{-7}` and at 1, biases at 0, each moved and scaled to lie from 0 to 1. An
    image whose output is the least is left out of both, as in the released code. The code sees 256
    images, here they are the minibatch's; in float32 cells without a path free of convolutions put
    out zeros, here as there, and have no score.
    """
    values = outputs.logits.double()
    low, high = values.amin(1, keepdim=True), values.amax(1, keepdim=True)
    if ((high - low) < LEAST).any():
        return values.new_tensor(torch.nan)
    scaled = (values - low) / (high - low)
    counted = scaled != 0
    difference = (scaled[0] - scaled[1]).abs()[counted.all(0)].mean()
    return difference / scaled[counted].mean()
