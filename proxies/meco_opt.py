"""MeCo of few channels: smallest eigenvalues of correlations among eight of them."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LayerCorrelations
from proxies.registry import proxy

CHANNELS = 8
"""Of a layer, that are read."""


@proxy(larger_is_better=True, source="Jiang et al., MeCo, NeurIPS 2023, its faster variant")
def meco_opt(layers: LayerCorrelations) -> Tensor:
    r"""Sum over layers of the smallest eigenvalue of the correlation matrix of eight channels.

    Each is weighted by :math:`C/8`, with C the layer's channels; a layer of fewer than eight is
    read whole. The layers are those of ``meco``, where the released code takes every module's
    output and dead operations. The code draws the eight at random for every output; here they are
    the first: at initialisation no channel of a layer differs from another in distribution, so the
    first eight are a random sample, of which ``--seeds`` draws more.
    """
    total = torch.zeros((), dtype=torch.float64)
    for stack in layers.stacks:
        few = stack[:, :CHANNELS, :CHANNELS].double()
        weight = stack.shape[-1] / few.shape[-1]
        total = total + weight * torch.linalg.eigvalsh(few)[:, 0].sum()
    return total
