"""Scores joined with accuracies, and how well one ranks the other."""

from harness.judging.joining import combined, join
from harness.judging.judge import LEFT_OUT, judge
from harness.judging.score_table import ScoreTable

__all__ = ["LEFT_OUT", "ScoreTable", "combined", "join", "judge"]
