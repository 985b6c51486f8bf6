"""The best of a search so far, which are trained longest in its end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.searching.problem import Problem


class Shortlist:
    """The best so far by the signal, which are trained longest in the end, and what that costs."""

    def __init__(self, problem: Problem, length: int) -> None:
        self.length, self.epochs = length, max(problem.signal)
        self.price = problem.cost[self.epochs]
        self.best: dict[int, float] = {}
        self.cost = 0.0

    @property
    def rows(self) -> list[int]:
        """Those on it, best first."""
        return sorted(self.best, key=lambda row: -self.best[row])

    def add(self, row: int, value: float) -> None:
        """Consider a training."""
        self.best[row] = max(value, self.best.get(row, -math.inf))
        if len(self.best) > self.length:
            del self.best[min(self.best, key=lambda row: self.best[row])]
        self.cost = sum(self.price[row] for row in self.best)
