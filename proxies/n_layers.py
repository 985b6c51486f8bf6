"""How many layers hold weights."""

from __future__ import annotations

from torch import Tensor

from proxies.records import LiveCounts
from proxies.registry import proxy


@proxy(larger_is_better=True, source="control; no publication", family="trivial")
def n_layers(counts: LiveCounts) -> Tensor:
    r"""Number of convolutions on input-to-output paths of the whole network, and the classifier.

    Batch normalisations are not counted, nor are pooling and skips. On the topology space it is
    :math:`8 + 15 n`, with n the cell's live convolutions of either size, and 0 without a path. A
    score that sums a number of order one over layers follows it.
    """
    return counts.layers
