"""Networks beside their literal twins."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from benchmarks.nasbench201.cell import EDGES, Cell
from benchmarks.nasbench201.network import build
from benchmarks.nasbench201.skeleton import Skeleton
from benchmarks.nasbench201.thin import thin
from benchmarks.network import Layered, initialise
from harness.passes import Inputs, pass_for
from harness.scoring.engine import records
from proxies import Proxy
from tests import literal

SKELETON = Skeleton((4, 8, 8, 16, 16), cells=2, classes=3, pixels=8)


CELLS = (
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|nor_conv_1x1~2|",
    "|skip_connect~0|+|none~0|avg_pool_3x3~1|+|nor_conv_3x3~0|nor_conv_1x1~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
)


def inputs(dtype: torch.dtype = torch.float64, n: int = 6, pixels: int = 8) -> Inputs:
    draw = torch.Generator().manual_seed(5)
    images = torch.randn((n, 3, pixels, pixels), generator=draw)
    labels = torch.arange(n) % 3
    gaussian = torch.randn((2, n, 3, pixels, pixels), generator=draw)
    return Inputs(images.to(dtype), labels, gaussian.to(dtype))


def moved(made: Layered, seeds: Sequence[int]) -> None:
    """Take normalisations away from 1 and 0, so that their gradients matter, each network its own.

    ``seeds`` are those of the networks that stand side by side.
    """
    draws = [torch.Generator().manual_seed(seed) for seed in seeds]
    with torch.no_grad():
        for norm in made.norms:
            for parameter, low in ((norm.weight, 0.5), (norm.bias, -0.5)):
                parts = parameter.chunk(len(norm.lanes))
                for lane, part in zip(norm.lanes, parts, strict=True):
                    part.uniform_(low, low + 1, generator=draws[lane])


def network(cell: str, proxy: Proxy, dtype: torch.dtype = torch.float64) -> Layered:
    needed, parsed = pass_for(proxy.records[0]), Cell.parse(cell)
    whole = build([parsed], SKELETON, written=needed.kind == "written")
    made = thin([parsed]) if needed.kind == "thin" else whole
    initialise(made, 11, needed.initialisation)
    moved(made, [12])
    return made.to(dtype)


def twin(cell: str, made: Layered) -> literal.Net:
    operations = dict(zip(EDGES, Cell.parse(cell).operations, strict=True))
    return literal.Net(
        ops=operations,
        weights=[layer.weight for layer in made.weighted],
        bias=getattr(made, "classifier", torch.nn.Linear(1, 1)).bias,
        scales=[norm.weight for norm in made.norms],
        shifts=[norm.bias for norm in made.norms],
        cells=SKELETON.cells,
    )


def each(proxy: Proxy, made: Layered, seen: Inputs) -> list[float]:
    """Return the values of networks side by side."""
    found = records(lambda _: made, seen, frozenset(proxy.records))
    read = zip(*(found[record] for record in proxy.records), strict=True)
    return [float(proxy(*own)) for own in read]


def evaluate(proxy: Proxy, made: Layered, seen: Inputs) -> float:
    found = records(lambda _: made, seen, frozenset(proxy.records))
    return float(proxy(*(found[record][0] for record in proxy.records)))
