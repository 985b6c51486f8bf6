"""A cell alone, one channel wide: what TE-NAS counts linear regions with."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from benchmarks.cell import Cell
from benchmarks.layers import BatchNorm, CellModule, ReLU
from benchmarks.network import Layered


class Thin(Layered):
    """One cell on a single channel, batch normalisation and ReLU; no stem and no classifier.

    Source: Chen et al., TE-NAS, ICLR 2021, arXiv:2102.11535, the released code's network for linear
    regions.
    """

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.body = nn.Sequential(CellModule(cell, 1, 1), BatchNorm(1), ReLU())

    def forward(self, x: Tensor) -> Tensor:
        """Return the activated feature map (N, 1, H, W) of images (N, 1, H, W)."""
        features: Tensor = self.body(x)
        return features


def thin(cell: Cell) -> Thin:
    """Return the thin network of a cell, with memory for its parameters but no values in it."""
    with torch.device("meta"):
        network = Thin(cell)
    return network.to_empty(device="cpu")
