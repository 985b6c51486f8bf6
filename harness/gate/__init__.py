"""The gate: a run against a baseline, paired cell by cell."""
