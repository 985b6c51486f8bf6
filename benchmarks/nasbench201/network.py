"""Networks of the two spaces: the benchmark's own skeleton around a cell, live operations only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from torch import nn

from benchmarks.blocks import Staged, convolution
from benchmarks.layers import Classifier, ReLU
from benchmarks.nasbench201.blocks import CellModule, Downsample
from benchmarks.nasbench201.cell import Cell
from benchmarks.nasbench201.released import released
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.network import Outputs, unfilled
from benchmarks.normalisation import BatchNorm
from benchmarks.pooling import GlobalPool


class CellNetwork(Staged):
    """The benchmark's network of a cell: stem, three stages with residual blocks between, head.

    Or those of several cells side by side, whose channels and logits follow one another. Parameters
    are left uninitialised: see :func:`initialise`. As ``written``, dead operations are there and
    run too; such a network only runs forward, and :meth:`pull` does not know it. Source: Dong and
    Yang, NAS-Bench-201, ICLR 2020, arXiv:2001.00326, figure 1; NATS-Bench, TPAMI 2021,
    arXiv:2009.00437, for the size space.
    """

    def __init__(self, cells: Sequence[Cell], skeleton: Skeleton, *, written: bool = False) -> None:
        super().__init__(len(cells))
        widths, all_cells = skeleton.widths, tuple(range(len(cells)))
        self.stem = convolution(3, widths[0], 3, all_cells)
        body: list[nn.Module] = []
        for stage, channels in enumerate(skeleton.stages):
            if stage:
                body.append(Downsample(widths[2 * stage - 2], widths[2 * stage - 1], all_cells))
            body.extend(CellModule(cells, *pair, written=written) for pair in channels)
        self.body = nn.Sequential(*body)
        blocks = [len(stage) + bool(i) for i, stage in enumerate(skeleton.stages)]
        self.ends = tuple(accumulate(blocks))
        self.widths = tuple(stage[-1][1] for stage in skeleton.stages)
        self.last = nn.Sequential(BatchNorm(widths[4], all_cells), ReLU((1,) * len(cells)))
        self.pool = GlobalPool()
        self.classifier = Classifier(widths[4], skeleton.classes, all_cells)

    def released(self) -> Outputs:
        return released(self)


def build(cells: Sequence[Cell], skeleton: Skeleton, *, written: bool = False) -> CellNetwork:
    """Return the network of cells, its parameters unfilled."""
    return unfilled(CellNetwork, cells, skeleton, written=written)
