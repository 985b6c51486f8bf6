"""Parameters that can matter: those on a path from the input to the output."""

from __future__ import annotations

from torch import Tensor

from proxies.records import LiveCounts
from proxies.registry import proxy


@proxy(larger_is_better=True, source="control; this project", family="trivial")
def live_params(counts: LiveCounts) -> Tensor:
    r"""Number of parameters on input-to-output paths; 0 for a disconnected cell.

    A proxy that does not rank better than this count is not yet useful.
    """
    return counts.params
