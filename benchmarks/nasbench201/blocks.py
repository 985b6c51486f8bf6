"""Blocks of the two spaces' networks: the cell and the residual block, for several side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor, nn

from benchmarks.blocks import Block, convolution, pull
from benchmarks.layers import Convolution, Lanes, ReLU, parted, places
from benchmarks.nasbench201.cell import EDGES, OPERATIONS, Cell
from benchmarks.network import Pull
from benchmarks.pooling import AvgPool, HalvingPool

Head = type[ReLU] | type[AvgPool]
"""What comes first on an edge, shared by those that leave one node."""

HEADS: dict[str, Head] = {
    "nor_conv_3x3": ReLU,
    "nor_conv_1x1": ReLU,
    "avg_pool_3x3": AvgPool,
}


class Shape(NamedTuple):
    """Channels before and after an edge, and its stride."""

    inputs: int
    outputs: int
    stride: int


Operation = Callable[[str, Shape, Lanes], tuple[Head | None, nn.Module]]
"""Makes the head and the tail of an edge that carries an operation, by name."""


class Downsample(Block):
    """The residual block between stages: stride 2, pooled 1x1 shortcut without normalisation."""

    def __init__(self, inputs: int, outputs: int, lanes: Lanes) -> None:
        super().__init__()
        self.inputs = inputs
        once = (1,) * len(lanes)
        first = convolution(inputs, outputs, 3, lanes, stride=2)
        self.first = nn.Sequential(ReLU(once), *first)
        self.second = nn.Sequential(ReLU(once), *convolution(outputs, outputs, 3, lanes))
        self.shortcut = nn.Sequential(HalvingPool(), Convolution(inputs, outputs, 1, lanes))

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = self.second(self.first(x)) + self.shortcut(x)
        return total

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        main = pull(self.first, pull(self.second, back, rule), rule)
        return main + pull(self.shortcut, back, rule)


class Edge(NamedTuple):
    """What those cells that have one operation between two nodes compute there.

    A head (ReLU or pooling, shared by the edges that leave one node, or nothing) and a tail
    (convolution and normalisation, or nothing), both by name.
    """

    source: int
    target: int
    head: str
    tail: str
    lanes: Lanes


class CellModule(Block):
    """One cell of a stage, or as many as networks stand side by side, live operations only.

    Cells whose edges between two nodes carry the same operation compute it together. A disconnected
    cell puts out zeros. Where a cell changes the shape, the edges that leave node 0 do so; what an
    ``operation`` is, its family says. As ``written``, dead operations are there and run too, on
    zeros where nothing reaches them; such a cell only runs forward.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        inputs: int,
        outputs: int,
        *,
        stride: int = 1,
        operation: Operation | None = None,
        written: bool = False,
    ) -> None:
        super().__init__()
        self.edges = nn.ModuleDict()
        self.count, self.inputs, self.outputs, self.stride = len(cells), inputs, outputs, stride
        self.wiring: list[Edge] = []
        uses: dict[str, list[int]] = {}
        kinds: dict[str, Head] = {}
        made = operation or operation_201
        there = [(cell if written else cell.live).operations for cell in cells]
        for position, (source, target) in enumerate(EDGES):
            shape = Shape(outputs, outputs, 1) if source else Shape(inputs, outputs, stride)
            for label in OPERATIONS:
                lanes = tuple(i for i, own in enumerate(there) if own[position] == label)
                if label == "none" or not lanes:
                    continue
                kind, tail = made(label, shape, lanes)
                head = f"{source}{kind.__name__}" if kind else ""
                if kind:
                    kinds[head] = kind
                    used = uses.setdefault(head, [0] * len(cells))
                    for i in lanes:
                        used[i] += 1
                name = f"{source}{target}{label}"
                self.edges[name] = tail
                self.wiring.append(Edge(source, target, head, name, lanes))
        self.heads = nn.ModuleDict({name: kinds[name](tuple(used)) for name, used in uses.items()})

    def forward(self, x: Tensor) -> Tensor:
        nodes, headed = {0: _Sum(self.count, x)}, dict[str, Tensor]()
        for source, target, head, tail, lanes in self.wiring:
            if source not in nodes:  # only a dead operation reads what nothing reaches
                nodes[source] = _Sum(self.count, self._silence(x))
            start = nodes[source].total
            if head and head not in headed:
                headed[head] = self.heads[head](start)
            put = self.edges[tail](take(headed[head] if head else start, lanes, self.count))
            nodes.setdefault(target, _Sum(self.count)).add(put, lanes)
        if 3 in nodes:
            return nodes[3].total
        return self._silence(x)

    def _silence(self, x: Tensor) -> Tensor:
        """Return what a node holds that nothing reaches."""
        size = (x.shape[2] // self.stride, x.shape[3] // self.stride)
        return x.new_zeros(len(x), self.count * self.outputs, *size)

    def pull(self, back: Tensor, rule: Pull) -> Tensor:
        if not self.wiring:
            size = (back.shape[2] * self.stride, back.shape[3] * self.stride)
            return back.new_zeros(len(back), self.count * self.inputs, *size)
        nodes = {3: back}
        parts: dict[int, dict[str, _Sum]] = {0: {}, 1: {}, 2: {}}
        for source, target, head, tail, lanes in reversed(self.wiring):
            if target not in nodes:  # every edge that leaves it has been pulled
                nodes[target] = self._node(parts[target], rule)
            put = pull(self.edges[tail], take(nodes[target], lanes, self.count), rule)
            parts[source].setdefault(head, _Sum(self.count)).add(put, lanes)
        return self._node(parts[0], rule)

    def _node(self, parts: dict[str, _Sum], rule: Pull) -> Tensor:
        sums = ((head, part.total) for head, part in parts.items())
        backs = [rule(self.heads[head], part) if head else part for head, part in sums]
        return sum(backs[1:], start=backs[0])


class _Sum:
    """Adds up what reaches a node: maps of all ``count`` cells, and maps of some of them."""

    def __init__(self, count: int, whole: Tensor | None = None) -> None:
        self.count, self.whole, self.own = count, whole, False
        self.parts: list[tuple[Lanes, Tensor]] = []

    def add(self, put: Tensor, lanes: Lanes) -> None:
        if len(lanes) < self.count:
            self.parts.append((lanes, put))
        elif self.whole is None:
            self.whole = put
        elif self.own:
            self.whole.add_(put)  # nobody else holds the sum yet
        else:
            self.whole, self.own = self.whole + put, True

    @property
    def total(self) -> Tensor:
        """The sum; nothing may be added once it is read."""
        if self.parts:
            kind = _pixels(self.parts[0][1], len(self.parts[0][0]))
            total = kind.new_zeros(*kind.shape[:3], self.count, kind.shape[4])
            if self.whole is not None:
                total.add_(_pixels(self.whole, self.count))
            for lanes, put in self.parts:
                total.index_add_(3, places(lanes, put.device), _pixels(put, len(lanes)))
            self.whole, self.parts = _maps(total), []
        if self.whole is None:
            raise RuntimeError("A node that is read should have been reached.")
        return self.whole


def take(x: Tensor, lanes: Lanes, count: int) -> Tensor:
    """Return the channels of some of the cells that stand side by side in (N, count * C, H, W)."""
    if len(lanes) == count:
        return x
    return _maps(_pixels(x, count).index_select(3, places(lanes, x.device)))


def _pixels(x: Tensor, count: int) -> Tensor:
    """Return (N, count * C, H, W) as (N, H, W, count, C), as it lies in memory."""
    return parted(x.permute(0, 2, 3, 1), count, 3)


def _maps(x: Tensor) -> Tensor:
    """Return (N, H, W, count, C) as (N, count * C, H, W)."""
    return x.flatten(3).permute(0, 3, 1, 2)


def operation_201(name: str, shape: Shape, lanes: Lanes) -> tuple[Head | None, nn.Module]:
    """Return an edge of the two spaces: a skip that changes the width is a 1x1 convolution."""
    return HEADS.get(name), _tail(name, shape.inputs, shape.outputs, lanes)


def _tail(operation: str, inputs: int, outputs: int, lanes: Lanes) -> nn.Module:
    if operation == "nor_conv_3x3":
        return convolution(inputs, outputs, 3, lanes)
    if operation == "nor_conv_1x1" or (operation == "skip_connect" and inputs != outputs):
        return convolution(inputs, outputs, 1, lanes)
    return nn.Identity()
