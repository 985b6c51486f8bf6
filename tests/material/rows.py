"""Rows that reports are made of."""

from __future__ import annotations

import pandas as pd

from reports.findings import Findings
from reports.rows import Ceiling, Correlation


def row(proxy: str, cells: str, statistic: str, value: float, **more: object) -> Correlation:
    n = 9 if cells == "top" else 40
    settings: dict[str, object] = {"n": n, "undefined": 1, "failed": 0, "family": "zero-cost"}
    return Correlation(
        proxy=proxy,
        scored_on="cifar10",
        dataset="cifar10",
        split="ori-test",
        epochs=200,
        accuracy_seed="mean",
        cells=cells,
        statistic=statistic,
        value=value,
        low=value - 0.1,
        high=value + 0.1,
        **(settings | more),  # type: ignore[arg-type]
    )


VALUES = {"snip": 0.5, "params": 0.7, "zen": float("nan"), "plain": -0.25}


ALL = (
    "kendall",
    "spearman",
    "weighted_tau",
    "precision",
    "regret",
    "kendall_left_out",
    "kendall_without_noise",
)


def rows(**values: float) -> list[Correlation]:
    found = []
    for proxy, value in (values or VALUES).items():
        more = {
            "family": {"params": "trivial", "live_params": "trivial", "vote": "combination"}.get(
                proxy, "zero-cost"
            ),
            "place_low": 0 if value != value else 1,
            "place_high": 0 if value != value else 2,
            "behind": 0.7 - value,
            "p_best": 0.2 if proxy == "snip" else 0.001,
        }
        for cells in ("all", "classes", "top"):
            for i, statistic in enumerate(ALL):
                k = {"k": 10} if statistic == "regret" else {}
                found.append(row(proxy, cells, statistic, value * (1 + i / 10), **more, **k))
    return found


def findings(cells: pd.DataFrame, **more: object) -> Findings:
    settings: dict[str, object] = {
        "caption": "Caption.",
        "design": "9 of 9 cells were drawn.",
        "label": "cifar10",
        "dataset": "cifar10",
        "accuracy_label": "accuracy (%)",
        "correlations": rows(),
        "differences": [],
        "ceilings": [Ceiling("cifar10", "kendall", 0.95, 0.9, 100, "training seeds")],
        "costs": [],
        "seed_shares": [],
        "similarity": pd.DataFrame(),
        "cells": cells,
        "entries": {},
        "settings": {},
        "provenance": {},
    }
    return Findings(**(settings | more))  # type: ignore[arg-type]
