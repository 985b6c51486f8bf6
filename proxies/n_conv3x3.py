"""How many 3x3 convolutions a cell names."""

from __future__ import annotations

from torch import Tensor

from proxies.records import CellCounts
from proxies.registry import proxy


@proxy(larger_is_better=True, source="control; no publication", family="trivial")
def n_conv3x3(counts: CellCounts) -> Tensor:
    r"""Number of the cell's edges that carry a 3x3 convolution, dead ones included."""
    return counts.conv3x3
