"""MeCo as its code computes it: of all modules of the network as it is written."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.meco import smallest
from proxies.records import ModuleCorrelations
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Jiang et al., MeCo, NeurIPS 2023; released code, HamsterMimi/MeCo",
)
def meco_released(modules: ModuleCorrelations) -> Tensor:
    r"""Sum over modules of the smallest eigenvalue of the correlation matrix of its channels.

    As ``meco``, but over every module whose output the released code sees, containers and dead
    operations included: a normalised map of an edge counts three times, a skip counts its source.
    So the score belongs to the cell's string. Over the positions of one Gaussian image of 64 x 64
    pixels, which the code draws anew for every candidate; a matrix with a channel that does not
    vary adds 0, as do the outputs after pooling. The code's second script reads one training image
    of 32 x 32 pixels instead. Its cells' convolutions have biases, which change no correlation. On
    the size space modules are counted as in the topology space; there the release's stem counts
    once less, and so does the last cell of a stage.
    """
    total = torch.zeros((), dtype=torch.float64)
    for stack, positions, counts in zip(*modules, strict=True):
        total = total + smallest(stack, positions) @ counts.double()
    return total
