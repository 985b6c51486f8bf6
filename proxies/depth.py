"""How deep a cell is."""

from __future__ import annotations

from torch import Tensor

from proxies.records import LiveCounts
from proxies.registry import proxy


@proxy(larger_is_better=True, source="control; no publication", family="trivial")
def depth(counts: LiveCounts) -> Tensor:
    r"""Most convolutions on one path from the cell's input to its output; 0 without a path."""
    return counts.depth
