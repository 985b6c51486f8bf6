"""One fixed minibatch for every candidate of a run: real images, or Gaussian noise."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.atlas_images import atlas_images
from benchmarks.catalogue import ATLAS, LARGEST_BATCH
from benchmarks.errors import BadInput
from benchmarks.fetching import ARCHIVES, batches, check_dataset
from benchmarks.image_files import of_batches, of_npz
from benchmarks.mini.space import DIGITS
from benchmarks.space import EMBEDDED, Dataset

Labels = Literal["true", "random"]
Images = NDArray[np.uint8]
Classes = NDArray[np.int64]


@dataclass(frozen=True)
class Minibatch:
    """Images (N, 3, H, W), standardised per channel, float32, and their classes (N,), int64.

    ``sha256`` names the pixels and labels, so that a score can be traced to what it saw.
    """

    images: Tensor
    labels: Tensor
    sha256: str


def minibatch(source: str, dataset: Dataset, size: int, seed: int, labels: Labels) -> Minibatch:
    """Draw one minibatch, balanced over the classes as evenly as ``size`` allows.

    Args:
        source: ``cifar10`` or ``cifar100`` (the official images, fetched once), ``atlas`` (those of
            CIFAR-10 that stored scores were made on), ``noise`` (i.i.d. N(0, 1) pixels), an
            ``.npz`` file with ``x_train`` (n, h, w, 3) uint8 and ``y_train``, or a folder of
            official CIFAR or ImageNet16 batches.
        dataset: classes, resolution and standardisation.
        size: number of images, N.
        seed: fixes the choice of images, the noise and the random labels.
        labels: ``true``, or ``random`` for classes drawn uniformly. Noise has no true classes: its
            ``true`` labels are drawn balanced over the classes, independent of the pixels.

    Raises:
        BadInput: the source cannot be read or does not fit the dataset.
    """
    draw = np.random.default_rng(seed)
    if size < 2:
        raise BadInput(f"`--batch` should be at least 2, for batch statistics. Found {size}.")
    if size > LARGEST_BATCH:
        most = f"at most {LARGEST_BATCH}, to fit a memory"
        raise BadInput(f"`--batch` should be {most}. Found {size}.")
    if source == "noise":
        chosen = _balanced(np.arange(dataset.classes).repeat(size), dataset.classes, size, draw)
        classes = np.arange(dataset.classes).repeat(size)[chosen]
        pixels = draw.standard_normal((size, 3, dataset.pixels, dataset.pixels), dtype=np.float32)
    else:
        stored, known = read(source, dataset)
        chosen = _balanced(known, dataset.classes, size, draw)
        if len(chosen) < size:
            raise BadInput(
                f"`--batch` should be at most the {len(chosen)} training images of `{source}`. "
                f"Found {size}."
            )
        classes = known[chosen]
        pixels = standardised(stored[chosen], dataset)
    if labels == "random":
        classes = draw.integers(dataset.classes, size=size)
    digest = hashlib.sha256(pixels.tobytes() + classes.astype("<i8").tobytes()).hexdigest()
    return Minibatch(torch.from_numpy(pixels), torch.from_numpy(classes.astype(np.int64)), digest)


def read(source: str, dataset: Dataset) -> tuple[Images, Classes]:
    """Return the training images of a source, (n, h, w, 3), and their classes, (n,).

    Raises:
        BadInput: the source cannot be read or does not fit the dataset.
    """
    return _checked(*_read(source, dataset), dataset, source)


def standardised(images: Images, dataset: Dataset) -> NDArray[np.float32]:
    """Return images (n, h, w, 3) as networks see them, (n, 3, h, w)."""
    scaled = (images - np.array(dataset.mean)) / np.array(dataset.std)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), dtype=np.float32)


def _balanced(known: Classes, classes: int, size: int, draw: np.random.Generator) -> Classes:
    """Return positions of ``size`` images, taken in turn from each class in random order."""
    shuffled = draw.permutation(len(known))
    rank = np.empty(len(known), dtype=np.int64)
    order = draw.permutation(classes)
    for position, label in enumerate(order):
        members = shuffled[known[shuffled] == label]
        rank[members] = np.arange(len(members)) * classes + position
    return np.sort(np.argsort(rank, kind="stable")[:size])


def _read(source: str, dataset: Dataset) -> tuple[Any, Any]:
    path = Path(source)
    if source == EMBEDDED and dataset == DIGITS:
        from benchmarks.mini.digits import images

        return images("train")
    if source == ATLAS:
        return atlas_images(dataset)
    if source in ARCHIVES:
        check_dataset(source, dataset.name)
        return of_batches(batches(source), dataset)
    if path.suffix == ".npz":
        return of_npz(path)
    if path.is_dir():
        return of_batches(path, dataset)
    raise BadInput(
        f"`--images` should be {', '.join(ARCHIVES)}, `{ATLAS}`, `noise`, an `.npz` file or a "
        "folder of official batches. "
        f"Found `{path}`{'' if path.exists() else ', which does not exist'}."
    )


def _checked(stored: Any, known: Any, dataset: Dataset, source: str) -> tuple[Images, Classes]:
    expected = (dataset.pixels, dataset.pixels, 3)
    if stored.dtype != np.uint8 or stored.ndim != 4 or stored.shape[1:] != expected:
        raise BadInput(
            f"Images of {dataset.name} should be uint8 (n, {', '.join(map(str, expected))}). Found "
            f"{stored.dtype} {stored.shape} in `{source}`."
        )
    if known.shape != stored.shape[:1] or known.dtype.kind not in "iu":
        raise BadInput(
            f"`{source}` should hold one class for each of {len(stored)} images. Found "
            f"{known.dtype} {known.shape}."
        )
    if len(known) == 0:
        raise BadInput(f"`{source}` should hold images. It holds none.")
    if known.min() < 0 or known.max() >= dataset.classes:
        raise BadInput(
            f"Classes of {dataset.name} should be 0 to {dataset.classes - 1}. Found {known.min()} "
            f"to {known.max()} in `{source}`. Is it another dataset's file?"
        )
    if (classes := len(np.unique(known))) < dataset.classes:
        raise BadInput(
            f"`{source}` should hold images of all {dataset.classes} classes of {dataset.name}. "
            f"Found {classes} classes. Is it another dataset's file?"
        )
    return stored, known.astype(np.int64)
