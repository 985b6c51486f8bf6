"""Official-format batches of random pixels."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np

from benchmarks.space import Dataset


def write_batches(folder: Path, dataset: Dataset, per_class: int = 2) -> np.ndarray:
    """Write official-format batches of random pixels; return the images in stored order."""
    draw = np.random.default_rng(0)
    imagenet = dataset.name == "ImageNet16-120"
    known = np.arange(130 if imagenet else dataset.classes).repeat(per_class)
    known = draw.permutation(known)
    pixels = draw.integers(0, 256, (len(known), 3, dataset.pixels, dataset.pixels), dtype=np.uint8)
    files = {
        "cifar10": ("cifar-10-batches-py", [f"data_batch_{i}" for i in range(1, 6)], "labels"),
        "cifar100": ("cifar-100-python", ["train"], "fine_labels"),
        "ImageNet16-120": ("ImageNet16", [f"train_data_batch_{i}" for i in range(1, 11)], "labels"),
    }
    name, batches, key = files[dataset.name]
    (folder / name).mkdir()
    splits = np.array_split(np.arange(len(known)), len(batches))
    for batch, rows in zip(batches, splits, strict=True):
        labels = (known[rows] + imagenet).tolist()
        content = {"data": pixels[rows].reshape(len(rows), -1), key: labels}
        (folder / name / batch).write_bytes(pickle.dumps(content, protocol=2))
    return pixels
