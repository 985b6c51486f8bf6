"""One proxy on one small network: what the contract's rules try."""

from __future__ import annotations

import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.images import minibatch
from harness.passes import Inputs
from harness.plan import frozen_inputs
from harness.scoring.engine import records, score
from harness.scoring.networks import Networks
from harness.scoring.tasks import Setting, Task
from proxies import Proxy

EMBEDDED_BENCHMARK = BENCHMARKS["mini"]
CELLS, DEAD, ISOMORPHIC = EMBEDDED_BENCHMARK.examples


class NoScore(ValueError):
    """A score that a rule is about does not exist."""


def setting_of(images: str) -> Setting:
    """Return the embedded benchmark with a minibatch of these images."""
    space = EMBEDDED_BENCHMARK
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
    cell, space = [CELLS[0]], setting.benchmark
    networks = Networks(space, setting.dataset, cell, [0], setting.device, dtype)
    made = records(networks, inputs, frozenset(proxy.records))
    return float(proxy(*(made[record][0] for record in proxy.records)))
