"""Searches on a table: what they are told, what it costs, and what they found."""
