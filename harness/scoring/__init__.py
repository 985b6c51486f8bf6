"""Scoring: tasks are found, put into processes, scored and stored."""
