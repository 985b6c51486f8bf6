"""Scores of whole spaces, which come with the project, and what they are used for."""
