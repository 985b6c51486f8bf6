"""One proxy on one small network: what the contract's rules try."""

from __future__ import annotations

import torch

from benchmarks.images import minibatch
from benchmarks.network import Layered, initialise
from benchmarks.spaces import BENCHMARKS
from benchmarks.thin import thin
from harness.engine import Setting, Task, score
from harness.passes import Inputs, Records, Run, closure
from harness.plan import frozen_inputs
from proxies import Proxy

CELLS = (
    "|nor_conv_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_3x3~1|none~2|",
    "|nor_conv_1x1~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|",
    "|skip_connect~0|+|avg_pool_3x3~0|none~1|+|none~0|nor_conv_3x3~1|skip_connect~2|",
)
DEAD = "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|none~1|none~2|"
ISOMORPHIC = (
    "|nor_conv_3x3~0|+|none~0|none~1|+|none~0|nor_conv_1x1~1|none~2|",
    "|none~0|+|nor_conv_3x3~0|none~1|+|none~0|none~1|nor_conv_1x1~2|",
)
"""Two ways to write one function."""


class NoScore(ValueError):
    """A score that a rule is about does not exist."""


def setting_of(images: str) -> Setting:
    """Return the embedded benchmark with a minibatch of these images."""
    space = BENCHMARKS["mini"]
    dataset = space.datasets[0]
    inputs, _ = frozen_inputs(minibatch(images, dataset, 64, 0, "true"))
    return Setting(space, dataset, inputs, "cpu").prepared()


def score_of(proxy: Proxy, setting: Setting, cell: str = CELLS[0], seed: int = 0) -> float:
    """Return a cell's score.

    Raises:
        NoScore: it is undefined or failed.
    """
    (row,) = score(setting, Task(cell, seed, (proxy,)))
    if row.status != "ok":
        raise NoScore(f"`{cell}` is {row.status} ({row.reason})")
    return row.score


def evaluated(proxy: Proxy, setting: Setting, dtype: torch.dtype) -> float:
    """Return the first cell's score computed in ``dtype``."""
    images, labels, gaussian = setting.inputs
    inputs = Inputs(images.to(dtype), labels, gaussian.to(dtype))
    space = setting.benchmark
    networks: dict[tuple[str, str], Layered] = {}
    made: Records = {}
    for one in closure(proxy.records):
        built = one.kind, one.initialisation
        if built not in networks:
            written = one.kind == "written"
            whole = space.network(CELLS[:1], setting.dataset, written=written)
            networks[built] = thin([space.cell(CELLS[0])]) if one.kind == "thin" else whole
            initialise(networks[built], 0, one.initialisation)
        made |= one.function(Run(networks[built].to(dtype), inputs, frozenset(proxy.records), made))
    return float(proxy(*(made[record][0] for record in proxy.records)))
