"""AZ-NAS: four views, combined so that being bad in one is not forgiven."""

from __future__ import annotations

from torch import Tensor

from proxies.combinations import combination
from proxies.records import Ranks


@combination(
    of=("expressivity", "progressivity", "trainability", "flops"),
    source="Lee and Ham, AZ-NAS, CVPR 2024, arXiv:2403.19232",
    worst=True,
)
def az_nas(scores: Ranks) -> Tensor:
    r"""Sum of log ranks, :math:`\sum_k \log(r_k / m)`, over m candidates, the best of rank m.

    FLOPs are the benchmark's, dead operations included. Cells that are disconnected or the identity
    lack a member, 741 of the 15,625: there it ranks worst, all such cells alike, as in the released
    code.
    """
    ranks = scores.ranks
    return (ranks / ranks.shape[1]).log().sum(0)
