"""Scores that several tests of reports draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


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
