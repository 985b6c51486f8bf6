"""Multiply-accumulates that can matter: those on a path from the input to the output."""

from __future__ import annotations

from torch import Tensor

from proxies.records import LiveCounts
from proxies.registry import proxy


@proxy(larger_is_better=True, source="control; this project", family="trivial")
def live_flops(counts: LiveCounts) -> Tensor:
    r"""Multiply-accumulates of one image on input-to-output paths; 0 for a disconnected cell.

    On the topology space it ranks exactly as ``live_params`` does.
    """
    return counts.flops
