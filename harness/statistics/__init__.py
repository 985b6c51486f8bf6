"""Scores joined with accuracies, and how well one ranks the other."""

from harness.statistics.board import About, Board
from harness.statistics.joining import combined, join
from harness.statistics.judge import WORST, judge

__all__ = ["WORST", "About", "Board", "combined", "join", "judge"]
