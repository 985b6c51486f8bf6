"""Moves data: plans, passes over networks, the store of scores, statistics, the command line."""
