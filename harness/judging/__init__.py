"""Scores joined with accuracies, and how well one ranks the other."""
