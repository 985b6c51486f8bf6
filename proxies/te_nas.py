"""TE-NAS: trainability and expressivity, ranked and added."""

from __future__ import annotations

from torch import Tensor

from proxies.combinations import combination
from proxies.records import Ranks


@combination(
    of=("ntk_condition", "linear_regions"),
    source="Chen et al., TE-NAS, ICLR 2021, arXiv:2102.11535",
    worst=True,
)
def te_nas(scores: Ranks) -> Tensor:
    r"""Sum of the ranks of ``ntk_condition`` (small is good) and ``linear_regions``.

    The paper ranks the operators that could be pruned next; here whole candidates are ranked. A
    condition number that is undefined ranks worst; the released code puts 100,000 in its place,
    which few others reach. On the size space ``linear_regions`` is noise.
    """
    return scores.ranks.sum(0)
