"""TE-NAS's expressivity: how many linear regions small inputs fall into."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import RegionPatterns
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Chen et al., TE-NAS, ICLR 2021, arXiv:2102.11535, eq. 5")
def linear_regions(patterns: RegionPatterns) -> Tensor:
    r"""Number of distinct ReLU patterns of 3,000 crops of 3 x 3 pixels.

    As in the released code, the network is the cell alone on one channel, at
    :math:`N(0, 2/\text{fan-in})` initialisation, and crops are of one random channel; with whole
    images and networks every pattern is distinct. The crops come from the minibatch, the code's
    from all training images. It averages three initialisations (``--seeds 3``), which raises the
    rank correlation by about .03, since one makes a fifth of the variance between cells. Dead
    operations hold no ReLU here. On the size space all cells are one, so the score is noise.
    """
    return torch.tensor(len(set(patterns.codes.tolist())))
