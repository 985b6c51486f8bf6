"""A small run of real cells that several tests start from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

CELLS = "0,11,284,1651,1835,3000"


def command(data: Path, out: Path, **changed: str) -> list[str]:
    options = {
        "benchmark": "nats-tss",
        "truth": str(data / "nb201_table.parquet"),
        "dataset": "cifar10",
        "images": str(data / "cifar10_subset.npz"),
        "batch": "8",
        "cells": CELLS,
        "proxies": "snip,nasi,naswot,params,live_params,random",
        "device": "cpu",
        "workers": "1",
        "out": str(out),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return ["run", *(f"--{name}={value}" for name, value in options.items())]


def scoring(data: Path, out: Path, **changed: str) -> list[str]:
    """The same without its report."""
    return ["score", *command(data, out, **changed)[1:]]


def scores(out: Path) -> pd.DataFrame:
    return pd.read_parquet(out / "scores.parquet")
