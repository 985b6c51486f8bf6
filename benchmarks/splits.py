"""Images to train on, and others to validate on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from benchmarks.errors import BadInput
from benchmarks.images import read, standardised
from benchmarks.mini.space import DIGITS
from benchmarks.space import EMBEDDED, Dataset

HELD_OUT = 0.2
"""Share of the images that is validated on, where a source holds no split of its own."""


@dataclass(frozen=True)
class Split:
    """Images (n, 3, H, W), standardised per channel, float32, and their classes (n,), int64."""

    images: Tensor
    classes: Tensor

    def on(self, device: str) -> Split:
        """Return it on a device, in the layout that runs fastest."""
        moved = self.images.to(device).contiguous(memory_format=torch.channels_last)
        return Split(moved, self.classes.to(device))

    @property
    def sha256(self) -> str:
        """Digest of pixels and classes, by which a plan names the images that it saw."""
        seen = (self.images.contiguous(), self.classes)
        content = b"".join(part.cpu().numpy().tobytes() for part in seen)
        return hashlib.sha256(content).hexdigest()


def splits(source: str, dataset: Dataset) -> tuple[Split, Split]:
    """Return the images to train on, and those to validate on, of a source of images.

    The embedded benchmark has a split of each kind. Of another source a fifth is held out, drawn
    with a fixed seed; NAS-Bench-201's own halves of CIFAR-10 are another split.

    Args:
        source: as for :func:`benchmarks.images.minibatch`; noise has nothing to learn.
        dataset: classes, resolution and standardisation.

    Raises:
        BadInput: the source cannot be read, does not fit the dataset, or is noise.
    """
    if source == "noise":
        raise BadInput(
            "`--images` should be images with classes to be learned. Found `noise`: a supernet is "
            "trained, so give the dataset's images."
        )
    if source == EMBEDDED and dataset == DIGITS:
        from benchmarks.mini.digits import images

        parts = [images(split) for split in ("train", "x-valid")]
    else:
        pixels, classes = read(source, dataset)
        order = np.random.default_rng(0).permutation(len(pixels))
        held = int(HELD_OUT * len(pixels))
        parts = [(pixels[some], classes[some]) for some in (order[held:], order[:held])]
    train, valid = (
        Split(torch.from_numpy(standardised(pixels, dataset)), torch.from_numpy(classes))
        for pixels, classes in parts
    )
    return train, valid
