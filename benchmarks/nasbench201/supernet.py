"""The supernet of the topology space: the benchmark's skeleton around cells of every operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from benchmarks.blocks import convolution
from benchmarks.layers import Classifier, ReLU
from benchmarks.nasbench201.blocks import HEADS, Downsample
from benchmarks.nasbench201.cell import CONVOLUTIONS, EDGES, OPERATIONS, Cell
from benchmarks.nasbench201.network import CellNetwork, build
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.network import unfilled
from benchmarks.normalisation import BatchNorm
from benchmarks.pooling import GlobalPool
from benchmarks.supernet import Shared, Supernet

ALONE = (0,)
"""The one network that stands in the module."""


class SharedCell(nn.Module):
    """A cell with every operation on every edge, whose convolutions' normalisation has no affine.

    Its scales stay at one and its shifts at zero, for what is summed at a node has to be of one
    size whichever operations are chosen. So do the released supernets of NAS-Bench-201: Dong and
    Yang, ICLR 2020, arXiv:2001.00326, appendix.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.edges = nn.ModuleDict(
            {
                f"{source}{target}{operation}": _tail(operation, width)
                for source, target in EDGES
                for operation in OPERATIONS
                if operation != "none"
            }
        )
        self.heads = nn.ModuleDict({name: kind((1,)) for name, kind in HEADS.items()})
        for norm in (m for m in self.modules() if isinstance(m, BatchNorm)):
            norm.weight.requires_grad_(False)
            norm.bias.requires_grad_(False)

    def forward(self, x: Tensor, cell: Cell) -> Tensor:
        """Return what a cell puts out of (N, C, H, W); zeros where no path leads through it.

        Args:
            x: what reaches node 0.
            cell: with live operations only.
        """
        nodes = {0: x}
        for operation, (source, target) in zip(cell.operations, EDGES, strict=True):
            if operation != "none":
                start = nodes[source]
                headed = self.heads[operation](start) if operation in self.heads else start
                put = self.edges[f"{source}{target}{operation}"](headed)
                nodes[target] = nodes[target] + put if target in nodes else put
        return nodes.get(3, torch.zeros_like(x))


class CellSupernet(Supernet):
    """The supernet: stem, three stages of shared cells with residual blocks between, and head.

    What surrounds the cells belongs to all candidates and keeps its affine normalisation, as in
    the candidates' own networks; every normalisation is by the minibatch.
    """

    def __init__(self, skeleton: Skeleton) -> None:
        super().__init__(1)
        widths, self.skeleton = skeleton.widths, skeleton
        self.stem = convolution(3, widths[0], 3, ALONE)
        body: list[nn.Module] = []
        for stage, channels in enumerate(skeleton.stages):
            if stage:
                body.append(Downsample(widths[2 * stage - 2], widths[2 * stage - 1], ALONE))
            body.extend(SharedCell(width) for width, _ in channels)
        self.body = nn.ModuleList(body)
        self.last = nn.Sequential(BatchNorm(widths[4], ALONE), ReLU((1,)))
        self.pool = GlobalPool()
        self.classifier = Classifier(widths[4], skeleton.classes, ALONE)

    def live(self, places: Sequence[int]) -> tuple[int, ...]:
        return tuple(map(OPERATIONS.index, _live(places).operations))

    def path(self, places: Sequence[int]) -> tuple[str, ...]:
        return tuple(
            f"{source}{target}{operation}"
            for operation, (source, target) in zip(_live(places).operations, EDGES, strict=True)
            if operation != "none"
        )

    def run(self, x: Tensor, places: Sequence[int]) -> tuple[Tensor, list[Tensor]]:
        cell, maps = _live(places), []
        x = self.stem(x)
        for block in self.body:
            if isinstance(block, SharedCell):
                x = block(x, cell)
                maps.append(x)
            else:
                x = block(x)
        return self.classifier(self.pool(self.last(x))), maps

    def shared(self, name: str) -> Shared | None:
        if not name.endswith(CONVOLUTIONS):
            return None
        return Shared(name, [[cell.edges[name] for cell in some] for some in self._stages()])  # type: ignore[misc]

    def _stages(self) -> Iterator[list[SharedCell]]:
        cells = [block for block in self.body if isinstance(block, SharedCell)]
        n = self.skeleton.cells
        yield from (cells[i : i + n] for i in range(0, len(cells), n))

    def child(self, places: Sequence[int]) -> CellNetwork:
        network, own = build([_live(places)], self.skeleton), self.state_dict()
        network.load_state_dict({name: own[name] for name in network.state_dict()})
        return network.to(next(self.parameters()))


def supernet(skeleton: Skeleton) -> CellSupernet:
    """Return the supernet of a skeleton, its parameters unfilled."""
    if skeleton.widths[1] != skeleton.widths[2] or skeleton.widths[3] != skeleton.widths[4]:
        raise ValueError(f"Cells that are shared should keep the width. Found {skeleton.widths}.")
    return unfilled(CellSupernet, skeleton)


def _live(places: Sequence[int]) -> Cell:
    return Cell(tuple(OPERATIONS[place] for place in places)).live


def _tail(operation: str, width: int) -> nn.Module:
    if operation not in CONVOLUTIONS:
        return nn.Identity()
    return convolution(width, width, 3 if operation == "nor_conv_3x3" else 1, ALONE)
