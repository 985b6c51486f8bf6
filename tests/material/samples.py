"""Statistics with what classes contribute to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from harness.judging.ranks import Statistic
from harness.judging.uncertainty import Sample
from harness.runs.designs import Design

CLUSTERED = Design("clustered", "")


def by_classes(statistics: Sequence[Statistic], classes: NDArray[np.int64]) -> Sample:
    """Return statistics over the same observations, which fall into classes."""
    cells, numbers = pd.RangeIndex(len(classes)), pd.Series(classes)
    rows = [CLUSTERED.contributions(each.influence, cells, numbers) for each in statistics]
    return Sample(np.array([each.value for each in statistics]), np.stack(rows))
