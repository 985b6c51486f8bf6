"""MeCo: smallest eigenvalues of feature correlations."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LayerCorrelations
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Jiang et al., MeCo, NeurIPS 2023")
def meco(layers: LayerCorrelations) -> Tensor:
    r"""Sum over layers of the smallest eigenvalue of the correlation matrix of its channels.

    Over the positions of one Gaussian image of 64 x 64 pixels. Each convolution, normalisation,
    ReLU and pooling counts once. The released code counts the output of every module, which
    repeats some maps and adds the sums at the ends of cells and blocks. A layer with a channel that
    does not vary adds 0, and so does one of as many channels as positions or more, whose matrix is
    singular. Larger is better on the topology space; on the size space the score falls
    with width.
    """
    pairs = zip(layers.stacks, layers.positions, strict=True)
    return torch.cat([smallest(stack, positions) for stack, positions in pairs]).sum()


def smallest(stack: Tensor, positions: Tensor) -> Tensor:
    """Return smallest eigenvalues, (k,), of correlations (k, C, C) over so many positions each.

    Of no more positions than channels they are 0, as means were subtracted.
    """
    found = stack.new_zeros(len(stack), dtype=torch.float64)
    full = positions > stack.shape[1]
    found[full] = torch.linalg.eigvalsh(stack[full].double())[:, 0]
    return found
