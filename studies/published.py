"""Rank correlations on NAS-Bench-201 that others published, with what they are of."""

from __future__ import annotations

from typing import Literal, NamedTuple

NO = float("nan")


class Published(NamedTuple):
    """A proxy's correlations with test accuracy after 200 epochs, on the three datasets.

    ``cells`` is how many were drawn, 0 for all 15,625; ``values`` are those on CIFAR-10, CIFAR-100
    and ImageNet16-120, NaN where none is given.
    """

    proxy: str
    source: str
    statistic: Literal["spearman", "kendall"]
    cells: int
    values: tuple[float, float, float]


ZERO_COST = "Abdelfattah et al. 2021"

PUBLISHED = (
    Published("grad_norm", ZERO_COST, "spearman", 0, (0.594, 0.637, 0.578)),
    Published("snip", ZERO_COST, "spearman", 0, (0.596, 0.637, 0.578)),
    Published("grasp", ZERO_COST, "spearman", 0, (0.514, 0.547, 0.549)),
    Published("fisher", ZERO_COST, "spearman", 0, (0.360, 0.385, 0.327)),
    Published("synflow", ZERO_COST, "spearman", 0, (0.737, 0.763, 0.751)),
    Published("jacob_cov", ZERO_COST, "spearman", 0, (0.731, 0.704, 0.701)),
    Published("params", ZERO_COST, "spearman", 0, (0.751, 0.727, 0.690)),
)
