"""The vote of three proxies between every two candidates."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.combinations import combination
from proxies.records import Ranks

CHUNK = 256
"""Candidates compared with all others at once."""


@combination(
    of=("synflow", "jacob_cov", "snip"),
    source="Abdelfattah et al., Zero-Cost Proxies for Lightweight NAS, ICLR 2021, arXiv:2101.08134",
)
def vote(scores: Ranks) -> Tensor:
    r"""Comparisons won less comparisons lost, each decided by the majority of three proxies.

    :math:`\sum_j \operatorname{sign} \sum_m \operatorname{sign}(s_{mi} - s_{mj})` over all other
    candidates j. The paper lets the majority decide single comparisons; counting them (Copeland)
    gives each candidate a score. Its headline .82 is a share of comparisons, not a correlation.
    """
    ranks = scores.ranks.float()
    won = []
    for chunk in torch.split(ranks, CHUNK, dim=1):
        votes = (chunk[:, :, None] - ranks[:, None]).sign().sum(0)
        won.append(votes.sign().sum(1))
    return torch.cat(won).double()
