"""Networks of NAS-Bench-Macro: inverted bottlenecks one after another."""

from __future__ import annotations

from itertools import accumulate

from torch import nn

from benchmarks.blocks import Staged, convolution
from benchmarks.layers import Classifier, ReLU
from benchmarks.macro.blocks import layer
from benchmarks.macro.chain import Chain
from benchmarks.macro.released import released
from benchmarks.macro.skeleton import Skeleton
from benchmarks.network import Outputs, unfilled
from benchmarks.pooling import GlobalPool


class ChainNetwork(Staged):
    """The benchmark's network of a chain: stem, three stages, a 1x1 convolution, the classifier.

    Or ``count`` of them side by side, whose channels and logits follow one another. Parameters are
    left uninitialised: see :func:`initialise`. As ``written``, identities are there too. Source: Su
    et al., CVPR 2021, arXiv:2103.11922; the skeleton is the released code's.
    """

    def __init__(
        self, chain: Chain, skeleton: Skeleton, count: int, *, written: bool = False
    ) -> None:
        super().__init__(count)
        widths, lanes = skeleton.widths, tuple(range(count))
        once = (1,) * count
        self.stem = nn.Sequential(*convolution(3, widths[0], 3, lanes), ReLU(once))
        stages = chain.stages if written else chain.live
        body: list[nn.Module] = []
        for operations, inputs, outputs in zip(stages, widths, widths[1:], strict=False):
            body.append(layer(operations[0], inputs, outputs, lanes))
            body.extend(layer(operation, outputs, outputs, lanes) for operation in operations[1:])
        self.body = nn.Sequential(*body)
        self.ends = tuple(accumulate(map(len, stages)))
        self.widths = widths[1:]
        self.last = nn.Sequential(*convolution(widths[-1], skeleton.last, 1, lanes), ReLU(once))
        self.pool = GlobalPool()
        self.classifier = Classifier(skeleton.last, skeleton.classes, lanes)

    def released(self) -> Outputs:
        return released(self)


def build(
    chain: Chain, skeleton: Skeleton, count: int = 1, *, written: bool = False
) -> ChainNetwork:
    """Return the network of a chain, its parameters unfilled."""
    return unfilled(ChainNetwork, chain, skeleton, count, written=written)
