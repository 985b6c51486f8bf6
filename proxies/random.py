"""A control: what a proxy that knows nothing scores."""

from __future__ import annotations

from torch import Tensor

from proxies.records import Draw
from proxies.registry import proxy


@proxy(larger_is_better=True, source="control; no publication", family="trivial")
def random(draw: Draw) -> Tensor:
    r"""A number drawn uniformly from [0, 1): its correlations are noise around zero."""
    return draw.uniform
