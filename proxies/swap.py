"""SWAP: sample-wise activation patterns."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import SamplePatterns
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Peng et al., SWAP-NAS, ICLR 2024, arXiv:2403.04161")
def swap(patterns: SamplePatterns) -> Tensor:
    r"""Number of distinct patterns that the first 16 images make on a ReLU unit.

    A unit's pattern says which images switch it on; at most :math:`2^{16}` differ. Weights are
    :math:`N(0, 1)`; the paper averages 32 initialisations (``--seeds 32``), of which eight raise
    the rank correlation by about .01. The released code also reads the ReLUs of dead operations, so
    that two strings of one function may score differently there. The regularised score is left out:
    its two constants are tuned on the search space, and those for this one are not released.
    """
    return torch.bincount(patterns.codes).count_nonzero()
