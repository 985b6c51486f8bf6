"""The average rank of any chosen proxies."""

from __future__ import annotations

from torch import Tensor

from proxies.records import Ranks


def rank_average(scores: Ranks) -> Tensor:
    r"""Mean of the ranks, :math:`\frac1M \sum_k r_k`, of proxies named joined by ``+``."""
    return scores.ranks.mean(0)
