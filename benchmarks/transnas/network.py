"""Networks of TransNAS-Bench-101: the encoder of the published code, pooled, and a linear head."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from torch import nn

from benchmarks.blocks import Staged, convolution
from benchmarks.errors import Undefined
from benchmarks.layers import Classifier, ReLU
from benchmarks.nasbench201.blocks import CellModule
from benchmarks.nasbench201.cell import Cell
from benchmarks.network import Outputs, unfilled
from benchmarks.pooling import GlobalPool
from benchmarks.transnas.blocks import operation_101
from benchmarks.transnas.skeleton import Skeleton


class MicroNetwork(Staged):
    """The benchmark's encoder of a cell, its map averaged over positions, and a linear head.

    Or those of several cells side by side, whose channels and logits follow one another. Parameters
    are left uninitialised: see :func:`initialise`. Nothing comes between the last cell and the
    pooling, and a node is a sum of normalised maps or a map that is one. Source: Duan et al.,
    TransNAS-Bench-101, CVPR 2021, arXiv:2105.11871, figure 1; the released code for stem and skips.
    """

    centred = True

    def __init__(self, cells: Sequence[Cell], skeleton: Skeleton) -> None:
        super().__init__(len(cells))
        everyone, width = tuple(range(len(cells))), skeleton.width
        self.stem = nn.Sequential(
            *convolution(3, width // 2, 3, everyone, 2),
            ReLU((1,) * len(cells)),
            *convolution(width // 2, width, 3, everyone, 2),
        )
        stages = skeleton.stages
        self.body = nn.Sequential(
            *(
                CellModule(cells, inputs, outputs, stride=stride, operation=operation_101)
                for stage in stages
                for inputs, outputs, stride, _ in stage
            )
        )
        self.ends = tuple(accumulate(map(len, stages)))
        self.widths = tuple(stage[-1].outputs for stage in stages)
        self.last = nn.Identity()
        self.pool = GlobalPool()
        self.classifier = Classifier(skeleton.last, skeleton.outputs, everyone)

    def released(self) -> Outputs:
        raise Undefined("nobody has counted the modules of the released code's encoder")


def build(cells: Sequence[Cell], skeleton: Skeleton) -> MicroNetwork:
    """Return the network of cells, its parameters unfilled."""
    return unfilled(MicroNetwork, cells, skeleton)
