"""Searches on the embedded benchmark, and what they leave."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from harness.cli import main


def search(out: Path, *more: str, budget: str = "12", seeds: int = 4) -> int:
    words = ["search", "--budget", budget, "--seeds", str(seeds), "--workers", "1"]
    return main([*words, "--out", str(out), *more])


def finals(out: Path) -> pd.DataFrame:
    return pd.read_csv(out / "final.csv")
