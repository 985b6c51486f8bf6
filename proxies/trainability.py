"""AZ-NAS's trainability: do random gradients keep their scale through each block?"""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import Blocks
from proxies.registry import proxy

EPSILON = 1e-6


@proxy(
    larger_is_better=True,
    source="Lee and Ham, AZ-NAS, CVPR 2024, arXiv:2403.19232",
    undefined="a block is the identity, which trains nothing",
)
def trainability(blocks: Blocks) -> Tensor:
    r"""Mean over blocks of :math:`2 - s - 1/(s + 10^{-6})`, largest where :math:`s = 1`.

    :math:`s` is the largest singular value of the block's coupling, the mean over images and
    positions of :math:`J^\top v \, v^\top` for random signs :math:`v`. A block that lets no
    gradient through adds about :math:`-10^6`. A cell that is the identity is undefined here; the
    released code ranks it worst.
    """
    if any(blocks.identities):
        return torch.tensor(torch.nan)
    largest = torch.stack([torch.linalg.matrix_norm(a.double(), 2) for a in blocks.couplings])
    return (2 - largest - 1 / (largest + EPSILON)).mean()
