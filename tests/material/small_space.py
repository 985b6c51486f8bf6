"""A space of 24 candidates with a value for each."""

from __future__ import annotations

import numpy as np

from searchers import Question, Space

SIZES = (3, 4, 2)
SPACE = Space(SIZES, (1, 3, 9, 27))
VALUES = dict(
    zip(SPACE.candidates(), np.random.default_rng(2).uniform(10, 90, len(SPACE)), strict=True)
)


def accuracy(question: Question) -> float:
    return float(VALUES[question.candidate])
