"""Files of images: an ``.npz`` file, or official batches, read in a process of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.confined import confined
from benchmarks.errors import BadInput
from benchmarks.pickles import load_plain
from benchmarks.printable import brief, reason
from benchmarks.space import Dataset

NPZ = "an .npz file with arrays `x_train` and `y_train`"

PAIR = ("x_train", "y_train")
"""Arrays of an .npz file: images, and their classes."""

_BATCHES = {
    "cifar10": ("cifar-10-batches-py", [f"data_batch_{i}" for i in range(1, 6)], "labels"),
    "cifar10-valid": ("cifar-10-batches-py", [f"data_batch_{i}" for i in range(1, 6)], "labels"),
    "cifar100": ("cifar-100-python", ["train"], "fine_labels"),
    "ImageNet16-120": ("ImageNet16", [f"train_data_batch_{i}" for i in range(1, 11)], "labels"),
}
"""Per dataset: the folder of official batches, its training files, and the key of the labels."""


def of_npz(path: Path) -> tuple[Any, Any]:
    """Return the arrays ``x_train`` and ``y_train`` of an ``.npz`` file.

    Raises:
        BadInput: the file is no such file, or its arrays are no numbers.
    """
    return _pair(confined(_dismantled, path, NPZ, _read_npz))


def of_batches(folder: Path, dataset: Dataset) -> tuple[Any, Any]:
    """Return the images (n, h, w, 3) and classes (n,) of a folder of official batches.

    Raises:
        BadInput: the folder does not hold the dataset's batches, or they are damaged.
    """
    return _pair(confined(_dismantled, folder, "a folder of batches", _read_batches, dataset))


def _pair(members: Iterable[tuple[str, tuple[int, ...], bytes]]) -> tuple[Any, Any]:
    images, classes = (np.frombuffer(raw, code).reshape(shape) for code, shape, raw in members)
    return images, classes


def _dismantled(
    path: Path, read: Callable[..., Iterator[Any]], *about: object
) -> Iterator[tuple[str, tuple[int, ...], bytes]]:
    """Yield arrays as plain data: type, shape, bytes."""
    for array in read(path, *about):
        if array.dtype.kind not in "biuf":
            raise BadInput(f"`{path}` should hold arrays of numbers. One is of {array.dtype}.")
        yield array.dtype.str, array.shape, array.tobytes()


def _read_npz(path: Path) -> Iterator[Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            if sorted(name for name in archive.files if name in PAIR) != sorted(PAIR):
                raise ValueError(f"it holds {', '.join(archive.files) or 'none'}")
            for name in PAIR:
                array = archive[name]
                if not isinstance(array, np.ndarray):
                    raise TypeError(f"`{name}` is no array")
                yield array
    except MemoryError:
        raise
    except Exception as error:  # a broken archive can raise anything
        raise BadInput(f"`{path}` should be {NPZ}. It cannot be read: {brief(error)}.") from error


def _read_batches(folder: Path, dataset: Dataset) -> Iterator[Any]:
    if dataset.name not in _BATCHES:
        raise BadInput(f"{dataset.name} has no official batches. Give an `.npz` file or `noise`.")
    name, files, key = _BATCHES[dataset.name]
    home = folder / name if (folder / name).is_dir() else folder
    if not (home / files[0]).is_file():
        raise BadInput(
            f"`{folder}` should hold the official batches of {dataset.name} (`{files[0]}`, perhaps "
            f"in `{name}`). There are none. Give that folder, or the dataset that it holds."
        )
    images, classes = [], []
    for file in files:
        batch = load_plain(home / file, f"an official batch of {dataset.name}", encoding="latin1")
        if not isinstance(batch, dict) or "data" not in batch or key not in batch:
            raise BadInput(f"`{home / file}` should hold `data` and `{key}`. It does not.")
        rows, known = (_numbers(batch[name], home / file, name) for name in ("data", key))
        if rows.shape != (known.size, 3 * dataset.pixels**2) or known.ndim != 1:
            raise BadInput(
                f"`{home / file}` should have rows of {3 * dataset.pixels**2} pixels and a label "
                f"each. Found pixels {rows.shape} and labels {known.shape}."
            )
        if dataset.name == "ImageNet16-120":  # the first 120 of 1,000 classes, counted from 1
            rows, known = rows[known <= dataset.classes], known[known <= dataset.classes] - 1
        images.append(rows)
        classes.append(known)
    flat, labels = np.concatenate(images), np.concatenate(classes)
    yield flat.reshape(-1, 3, dataset.pixels, dataset.pixels).transpose(0, 2, 3, 1)
    yield labels


def _numbers(values: Any, file: Path, name: str) -> Any:
    """Return an array of numbers.

    Raises:
        BadInput: the values are others, or ragged.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise BadInput(
            f"`{file}` should hold numbers as `{name}`. Found {reason(error)}."
        ) from error
    if array.dtype.kind not in "biuf":
        raise BadInput(f"`{file}` should hold numbers as `{name}`. Found {array.dtype}.")
    return array
