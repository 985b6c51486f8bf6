"""Scores joined with accuracies, and how well one ranks the other."""

from harness.judging.board import About, Board
from harness.judging.joining import combined, join
from harness.judging.judge import LEFT_OUT, judge

__all__ = ["LEFT_OUT", "About", "Board", "combined", "join", "judge"]
