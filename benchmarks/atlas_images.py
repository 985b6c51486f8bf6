"""The official images that stored scores were made on, by where they stand in the official batches.

``atlas_images.json`` holds, for CIFAR-10, the places of 2,000 training images, 200 a class, counted
through the official training batches in their order, and a digest of their pixels and classes. With
them, whoever has the official images draws the minibatch that an atlas was scored on.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.catalogue import ATLAS
from benchmarks.errors import BadInput
from benchmarks.fetching import batches
from benchmarks.image_files import of_batches
from benchmarks.printable import reason
from benchmarks.space import Dataset

PLACES = Path(__file__).with_name("atlas_images.json")


def atlas_images(dataset: Dataset) -> tuple[Any, Any]:
    """Return the images (n, h, w, 3) and classes (n,), the official ones being fetched once.

    Raises:
        BadInput: there are none of this dataset, the official images cannot be had, others stand
            in their places, or the file of places is damaged.
    """
    known = _known()
    name = dataset.name.removesuffix("-valid")
    if name not in known:
        raise BadInput(
            f"`--images {ATLAS}` should go with images of {', '.join(known)}, whose places are "
            f"known. The dataset is {dataset.name}: give its images."
        )
    images, classes = of_batches(batches(name), dataset)
    places = np.array(known[name]["places"])
    if (
        len(classes) > places.max()
        and digest(images[places], classes[places]) == known[name]["sha256"]
    ):
        return images[places], classes[places]
    raise BadInput(
        f"The official images of {name} should be those that stored scores were made on. Found "
        "others in their places: fetch the images again, or give `--images noise`."
    )


def _known() -> dict[str, Any]:
    """Return places and digest of the images of each dataset."""
    try:
        known = json.loads(PLACES.read_text(encoding="utf-8"))
        if not known or not all({"places", "sha256"} <= set(own) for own in known.values()):
            raise ValueError("another content")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"`{PLACES}` should be as it came with this project. Found {reason(error)}. Install "
            "the project again."
        ) from error
    return dict(known)


def digest(images: Any, classes: Any) -> str:
    """Return the sha256 of pixels and classes."""
    content = np.ascontiguousarray(images).tobytes() + classes.astype("<i8").tobytes()
    return hashlib.sha256(content).hexdigest()
