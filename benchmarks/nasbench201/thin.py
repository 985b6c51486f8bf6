"""A cell alone, one channel wide: what TE-NAS counts linear regions with."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from benchmarks.layers import ReLU
from benchmarks.nasbench201.blocks import CellModule
from benchmarks.nasbench201.cell import Cell
from benchmarks.network import Layered, unfilled
from benchmarks.normalisation import BatchNorm


class Thin(Layered):
    """One cell on a single channel, batch normalisation and ReLU; no stem and no classifier.

    Or several side by side. Source: Chen et al., TE-NAS, ICLR 2021, arXiv:2102.11535, the released
    code's network for linear regions.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__(len(cells))
        norm = BatchNorm(1, tuple(range(len(cells))))
        self.body = nn.Sequential(CellModule(cells, 1, 1), norm, ReLU((1,) * len(cells)))

    def forward(self, x: Tensor) -> Tensor:
        """Return the activated feature map (N, count, H, W) of images (N, count, H, W)."""
        features: Tensor = self.body(x)
        return features


def thin(cells: Sequence[Cell]) -> Thin:
    """Return the thin network of cells, its parameters unfilled."""
    return unfilled(Thin, cells)
