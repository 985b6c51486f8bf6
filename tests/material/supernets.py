"""A tiny supernet, its images, and runs of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.network import initialise
from benchmarks.splits import Split
from benchmarks.supernet import Supernet
from benchmarks.supernets import supernet
from benchmarks.training import Recipe
from harness.oneshot.samplers.predictors import PREDICTORS
from harness.oneshot.training import SupernetRun, SupernetTraining, TrainingData
from tests.material.tiny import DATASET, SPACE

AXES = SPACE.axes


def network(seed: int = 0) -> Supernet:
    """Return the tiny supernet in float64."""
    made = supernet(SPACE, DATASET).double()
    initialise(made, seed)
    return made


def images(count: int, seed: int = 3) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn((count, 3, 8, 8), generator=draw, dtype=torch.float64)


def split(count: int, seed: int) -> Split:
    """Return images whose brightness tells their class, in float32."""
    classes = torch.arange(count) % DATASET.classes
    return Split((images(count, seed) + classes[:, None, None, None]).float(), classes)


def training_data(recipe: Recipe | None = None) -> TrainingData:
    training = SupernetTraining(SPACE, DATASET, "", recipe or Recipe(2, 6, 0.02), 0, "cpu")
    return TrainingData(training, split(60, 0), split(30, 1), split(30, 2))


def run(name: str, folder: Path, seed: int = 0, key: str = "k") -> SupernetRun:
    return SupernetRun(PREDICTORS[name], seed, key, folder / f"{name}_{seed}")


def places(seed: int, count: int) -> list[tuple[int, ...]]:
    draw = np.random.default_rng(seed)
    return [tuple(int(place) for place in draw.integers(0, 5, 6)) for _ in range(count)]


def npz(path: Path, count: int = 400, pixels: int = 12) -> Path:
    """Write images, of the embedded benchmark's size, whose brightness tells their class."""
    draw = np.random.default_rng(0)
    classes = np.arange(count) % 10
    bright = 20 * classes[:, None, None, None] + draw.integers(0, 40, (count, pixels, pixels, 3))
    np.savez(path, x_train=bright.astype(np.uint8), y_train=classes)
    return path


def command(path: Path, out: Path, does: str = "run", **changed: str) -> list[str]:
    """Return a run of small supernets of the embedded benchmark."""
    options = {
        "images": str(path),
        "cells": "random:12",
        "proxies": "params,live_params",
        "oneshot": "spos,magic_at",
        "supernet-seeds": "2",
        "supernet-epochs": "1",
        "supernet-cells": "1",
        "device": "cpu",
        "workers": "1",
        "out": str(out),
    } | {name.replace("_", "-"): value for name, value in changed.items()}
    return [does, *(f"--{name}={value}" for name, value in options.items())]
