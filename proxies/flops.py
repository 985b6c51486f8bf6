"""Multiply-accumulates, as the benchmark's tables count them."""

from __future__ import annotations

from torch import Tensor

from proxies.records import CellCounts
from proxies.registry import proxy


@proxy(
    larger_is_better=True,
    source="Dong and Yang, NAS-Bench-201, ICLR 2020, arXiv:2001.00326",
    family="trivial",
)
def flops(counts: CellCounts) -> Tensor:
    r"""Multiply-accumulates of one image, dead operations included.

    Convolutions and the classifier count; normalisation, ReLU, pooling and additions are free. On
    the topology space it ranks exactly as ``params`` does.
    """
    return counts.flops
