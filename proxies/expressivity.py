"""AZ-NAS's expressivity: how isotropic feature maps are."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import Blocks
from proxies.registry import proxy

EPSILON = 1e-8


@proxy(
    larger_is_better=True,
    source="Lee and Ham, AZ-NAS, CVPR 2024, arXiv:2403.19232",
    undefined="some feature map does not vary, so its spectrum is 0/0",
)
def expressivity(blocks: Blocks) -> Tensor:
    r"""Sum over the stem and all blocks of the entropy of the feature map's spectrum.

    :math:`-\sum_k p_k \log(p_k + 10^{-8})`, with :math:`p` the eigenvalues of the covariance of its
    channels, normalised to sum to 1.
    """
    return entropies(blocks).sum()


def entropies(blocks: Blocks) -> Tensor:
    """Return the entropy of each map's spectrum, (1 + blocks,)."""
    found = []
    for covariance in blocks.covariances:
        values = torch.linalg.eigvalsh(covariance.double()).clamp_min(0)
        p = values / values.sum()
        found.append(-(p * (p + EPSILON).log()).sum())
    return torch.stack(found)
