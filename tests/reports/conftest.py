"""Scores that several tests of reports draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports.entry import Entry
from reports.findings import Findings
from reports.rows import Axis, Difference
from tests.material.rows import findings


@pytest.fixture
def cells() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    parts = []
    for proxy in ("snip", "params", "zen", "plain"):
        score = draw.lognormal(0, 3, 40) * (draw.choice([-1, 1], 40) if proxy == "plain" else 1)
        if proxy == "zen":
            score[:] = np.nan
        parts.append(
            pd.DataFrame({"proxy": proxy, "score": score, "accuracy": draw.uniform(0, 90, 40)})
        )
    return pd.concat(parts)


@pytest.fixture
def found() -> Findings:
    """A run of four scores on 40 cells of two choices each."""
    draw = np.random.default_rng(0)
    parts = []
    for proxy in ("snip", "params", "zen", "plain"):
        score = draw.lognormal(0, 3, 40)
        if proxy == "zen":
            score[:] = np.nan
        accuracy = draw.uniform(0, 90, 40)
        frame = pd.DataFrame({"index": range(40), "arch": [f"cell <{i}>" for i in range(40)]})
        frame = frame.assign(proxy=proxy, score=score, signed=score, accuracy=accuracy)
        frame["status"] = np.where(np.isnan(score), "undefined", "ok")
        parts.append(frame)
    gap = {"low": 0.1, "high": 0.3, "p": 0.01, "p_holm": 0.02}
    pair = {"scored_on": "cifar10", "dataset": "cifar10", "cells": "all", "statistic": "kendall"}
    names = ("snip", "params", "zen", "plain")
    text = "Sum of :math:`a < b`, see :func:`x`.\n\nMore of ``it``."
    return findings(
        pd.concat(parts, ignore_index=True),
        differences=[Difference("snip", "params", difference=0.2, **pair, **gap)],  # type: ignore[arg-type]
        entries={n: Entry(n, "zero-cost", "Paper & Sons", text) for n in names},
        settings={"benchmark": "mini", "accuracy_seed": None, "proxy_files": ("my file.py",)},
        provenance={"device": "a <machine>"},
        axes=[Axis("0-1", ("none", "conv")), Axis("0-2", ("none", "conv")), Axis("1-2", ("none",))],
        choices={f"cell <{i}>": (i % 2, 1, 0) for i in range(40)},
    )
