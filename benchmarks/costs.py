"""The names of costs, and what is said where there is none of a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.errors import BadInput, suggestion


class Metric(NamedTuple):
    """A cost by name: its unit, and what it is of. Smaller is better in all."""

    name: str
    unit: str
    meaning: str


DEVICES = ("edgegpu", "raspi4", "edgetpu", "pixel3", "eyeriss", "fpga")
"""Of HW-NAS-Bench, which measured or modelled the latency on each."""

ENERGY = ("edgegpu", "eyeriss", "fpga")
"""Those of which it has the energy too."""

METRICS = {
    metric.name: metric
    for metric in (
        Metric("params", "1", "trainable parameters, as the benchmark counts them"),
        Metric("flops", "1", "multiply-accumulates of one image, as the benchmark counts them"),
        Metric("train_seconds", "s", "the whole training of so many epochs"),
        Metric("valid_seconds", "s", "one evaluation on the validation split, after an epoch"),
        Metric("latency", "s", "one minibatch on the benchmark authors' device"),
        *(Metric(f"{name}_latency", "ms", f"one image on {name}") for name in DEVICES),
        *(Metric(f"{name}_energy", "mJ", f"one image on {name}") for name in ENERGY),
    )
}

COUNTS = ("params", "flops")
"""Costs that a benchmark counts, where they are not stored."""

TRAINED = ("train_seconds", "valid_seconds")
"""Costs that belong to a training, and are told by one alone."""


@dataclass(frozen=True)
class MetricName:
    """Which cost is meant. ``epochs`` is that of the training, where the cost depends on one."""

    metric: str
    dataset: str
    epochs: int | None = None

    def __str__(self) -> str:
        trained = "" if self.epochs is None else f" / {self.epochs} epochs"
        return f"{self.metric} / {self.dataset}{trained}"


def not_stored(name: MetricName, known: Collection[MetricName]) -> BadInput:
    """Return the refusal of a cost that is not among those which are stored."""
    metrics = {there.metric for there in known}
    near = "" if name.metric in metrics else suggestion(name.metric, metrics)
    listed = "; ".join(map(str, known)) or "none"
    return BadInput(f"The table has no cost {name}. It has: {listed}.{near}")
