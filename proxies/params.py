"""Trainable parameters, as the benchmark's tables count them."""

from __future__ import annotations

from torch import Tensor

from proxies.records import CellCounts
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Dong and Yang, NAS-Bench-201, ICLR 2020, arXiv:2001.00326",
    family="trivial",
)
def params(counts: CellCounts) -> Tensor:
    r"""Number of trainable parameters, dead operations included.

    It belongs to the cell: two cells that compute the same function may differ in it.
    """
    return counts.params
