"""VKDNW among other views: the ranks of five scores, combined as AZ-NAS combines its own."""

from __future__ import annotations

from torch import Tensor

from proxies.az_nas import az_nas
from proxies.combinations import combination
from proxies.records import Ranks


@combination(
    of=("vkdnw", "jacob_cov", "expressivity", "trainability", "flops"),
    source="Tybl and Neumann, VKDNW, CVPR 2025, arXiv:2502.04975, the aggregated score",
    worst=True,
)
def vkdnw_aggregated(scores: Ranks) -> Tensor:
    r"""Sum of log ranks, :math:`\sum_k \log(r_k / m)`, over m candidates, the best of rank m.

    What is undefined ranks worst, as in the released code. There the Jacobians are of networks with
    Gaussian weights of variance 2/fan-in; here they are of the default initialisation, as in
    ``jacob_cov``.
    """
    return az_nas(scores)
