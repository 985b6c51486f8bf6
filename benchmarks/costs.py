"""Costs of a candidate, by name."""

from __future__ import annotations

from typing import NamedTuple


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
