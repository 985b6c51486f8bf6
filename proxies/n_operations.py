"""How many of a candidate's choices compute with weights."""

from __future__ import annotations

from torch import Tensor

from proxies.records import CellCounts
from proxies.registry import proxy


@proxy(larger_is_better=True, source="control; no publication", family="trivial")
def n_operations(counts: CellCounts) -> Tensor:
    r"""Number of the candidate's choices that are convolutions or blocks of them, dead ones too.

    What is left are identities, skips, pooling and nothing. On chains of layers it says how many
    are no identities, whatever their size; there it ranks better than parameters and FLOPs do. On
    the size space all candidates have five.
    """
    return counts.operations
