"""Scores joined with accuracies, and how well one ranks the other."""

from harness.judging.board import About, Board
from harness.judging.joining import combined, join
from harness.judging.judge import WORST, judge

__all__ = ["WORST", "About", "Board", "combined", "join", "judge"]
