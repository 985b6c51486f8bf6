"""All cells at once: every edge the weighted sum of what all operations put out."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from benchmarks.blocks import convolution
from benchmarks.layers import Classifier, ReLU
from benchmarks.nasbench201.blocks import Downsample
from benchmarks.nasbench201.cell import EDGES, OPERATIONS
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.network import Layered, unfilled
from benchmarks.normalisation import BatchNorm
from benchmarks.pooling import AvgPool, GlobalPool

ALONE = (0,)
"""The one network that there is."""


class RelaxedCell(nn.Module):
    """A cell whose edges carry all operations, each times its weight; ``none`` puts out nothing.

    An operation whose weight is 0 runs too, so that a weight has a gradient there.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.edges = nn.ModuleList()
        for source, _ in EDGES:
            width = inputs if source == 0 else outputs
            skip = nn.Identity() if width == outputs else convolution(width, outputs, 1, ALONE)
            operations: dict[str, nn.Module] = {
                "skip_connect": skip,
                "nor_conv_1x1": nn.Sequential(ReLU((1,)), *convolution(width, outputs, 1, ALONE)),
                "nor_conv_3x3": nn.Sequential(ReLU((1,)), *convolution(width, outputs, 3, ALONE)),
                "avg_pool_3x3": AvgPool((1,)),
            }
            self.edges.append(nn.ModuleDict(operations))

    def forward(self, x: Tensor, weights: Sequence[Tensor]) -> Tensor:
        """Return the output of images' maps; a row of weights an edge, one an operation."""
        nodes: list[Tensor | None] = [x, None, None, None]
        for (source, target), edge, row in zip(EDGES, self.edges, weights, strict=True):
            start = nodes[source]
            if start is None:
                raise RuntimeError("A node should be reached before it is read.")
            for operation, weight in zip(OPERATIONS, row, strict=True):
                if operation in edge:  # type: ignore[operator]
                    put = weight * edge[operation](start)  # type: ignore[index]
                    reached = nodes[target]
                    nodes[target] = put if reached is None else reached + put
        output = nodes[3]
        if output is None:
            raise RuntimeError("The output should be reached.")
        return output


class RelaxedNetwork(Layered):
    """The benchmark's skeleton around relaxed cells, which share one set of weights.

    Source: the one-shot network of Liu et al., DARTS, ICLR 2019, arXiv:1806.09055, on the space of
    NAS-Bench-201.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        super().__init__(1)
        widths = skeleton.widths
        self.stem = convolution(3, widths[0], 3, ALONE)
        self.body = nn.ModuleList()
        for stage, channels in enumerate(skeleton.stages):
            if stage:
                pair = widths[2 * stage - 2], widths[2 * stage - 1]
                self.body.append(Downsample(*pair, ALONE))
            self.body.extend(RelaxedCell(*pair) for pair in channels)
        self.last = nn.Sequential(BatchNorm(widths[4], ALONE), ReLU((1,)))
        self.pool = GlobalPool()
        self.classifier = Classifier(widths[4], skeleton.classes, ALONE)

    def forward(self, x: Tensor, weights: Sequence[Tensor]) -> Tensor:
        """Return the logits (N, classes) of images (N, 3, pixels, pixels)."""
        x = self.stem(x)
        for block in self.body:
            x = block(x, weights) if isinstance(block, RelaxedCell) else block(x)
        logits: Tensor = self.classifier(self.pool(self.last(x)))
        return logits


def relaxed(skeleton: Skeleton) -> RelaxedNetwork:
    """Return the network, its parameters unfilled."""
    return unfilled(RelaxedNetwork, skeleton)
