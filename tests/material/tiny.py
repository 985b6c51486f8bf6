"""A tiny space of networks, every proxy, and their scores on it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from benchmarks.nasbench201.space import Topology
from benchmarks.network import Network
from benchmarks.space import Dataset
from harness.contract.workbench import Workbench
from harness.passes import Inputs
from harness.scoring.engine import records, score
from harness.scoring.tasks import Setting, Task
from proxies import Proxy, load_all

REGISTRY = list(load_all().values())


DATASET = Dataset("tiny", 3, 8, "test", (0.0,) * 3, (1.0,) * 3)


SPACE = Topology("tiny", (DATASET,), full_epochs=1, width=4, cells=1)


CELLS = (
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|none~2|",
    "|skip_connect~0|+|none~0|none~1|+|none~0|skip_connect~1|none~2|",
    "|none~0|+|none~0|none~1|+|avg_pool_3x3~0|none~1|none~2|",
)


DEAD = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"


IDENTITY = CELLS[1]


def setting(images: Tensor | None = None) -> Setting:
    draw = torch.Generator().manual_seed(3)
    drawn = torch.randn((6, 3, 8, 8), generator=draw) if images is None else images
    gaussian = torch.randn((2, *drawn.shape), generator=draw)
    labels = torch.arange(len(drawn)) % DATASET.classes
    return Setting(SPACE, DATASET, Inputs(drawn, labels, gaussian), "cpu").prepared()


def workbench() -> Workbench:
    """Return one with more images than make all of few patterns differ."""
    draw = torch.Generator().manual_seed(8)
    images, noise = (torch.randn((12, 3, 8, 8), generator=draw) for _ in range(2))
    return Workbench(setting(images), setting(noise))


def scores(*chosen: Proxy, cell: str = CELLS[0], where: Setting | None = None) -> dict[str, float]:
    rows = score(where or setting(), Task(cell, 0, chosen))
    assert all(row.status != "failed" for row in rows), [row.reason for row in rows]
    return {row.proxy: row.score for row in rows}


def made_by(record: type, network: Network, seen: Inputs) -> Any:
    return records(lambda _: network, seen, frozenset({record}))[record][0]
