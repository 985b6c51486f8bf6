"""Fisher information of activations."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import ChannelSaliency
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Turner et al., BlockSwap, ICLR 2020, arXiv:1906.04113; layers of Abdelfattah et al., "
    "ICLR 2021",
)
def fisher(channels: ChannelSaliency) -> Tensor:
    r"""Channel saliency, weighted by the weights behind each channel.

    :math:`\sum_l k_l \sum_c \frac{1}{2N} \sum_i \bigl(\sum_{hw} a \, \partial L/\partial a\bigr)^2`
    over outputs :math:`a` of convolutions and the classifier; :math:`k_l` is the fan-in, since the
    reference code copies a channel's value to each of its weights before summing.
    """
    layers = zip(channels.saliency, channels.fan_in, strict=True)
    return torch.stack([fan_in * s.square().mean(0).sum() / 2 for s, fan_in in layers]).sum()
