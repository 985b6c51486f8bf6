"""The images of the embedded benchmark: real handwritten digits among clutter.

Each image is a canvas with a dark random ground, a bright digit placed at random, fragments of
other digits as distractors, and pixel noise. The handwriting is the test part of the UCI set
*Optical Recognition of Handwritten Digits* (Alpaydin and Kaynak, 1998; CC BY 4.0): 1,797 digits of
8 x 8 pixels. Training, validation and test images are composed from disjoint digits.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.files import shipped

HANDWRITING = Path(__file__).with_name("handwriting.npz")
"""``images`` (1797, 8, 8) uint8 from 0 to 16, and ``classes`` (1797,) uint8."""

PIXELS = 12
FRAGMENTS = 2
FRAGMENT = 4
NOISE = 0.1
SPLITS = {"train": (0, 997), "x-valid": (997, 1397), "x-test": (1397, 1797)}
"""Which of the shuffled digits each split may use."""

IMAGES = {"train": 8000, "x-valid": 2000, "x-test": 4000}

Pixels = NDArray[np.uint8]
Classes = NDArray[np.int64]


@cache
def images(split: str) -> tuple[Pixels, Classes]:
    """Return the images (n, 12, 12, 3) and classes (n,) of ``train``, ``x-valid`` or ``x-test``.

    They are composed from a fixed seed, so every call on every machine gives the same bytes; each
    split has as many images of each digit as its size allows.

    Raises:
        BadInput: the handwriting is damaged.
    """
    with np.load(io.BytesIO(shipped(HANDWRITING))) as stored:
        digits, classes = stored["images"] / 16.0, stored["classes"].astype(np.int64)
    order = np.random.default_rng(20_201).permutation(len(digits))
    first, last = SPLITS[split]
    chosen = order[first:last]
    glyphs, known = digits[chosen], classes[chosen]
    draw = np.random.default_rng([20_201, list(SPLITS).index(split)])
    wanted = draw.permutation(np.arange(IMAGES[split]) % 10)
    own = [np.flatnonzero(known == label) for label in range(10)]
    others = [np.flatnonzero(known != label) for label in range(10)]
    composed = [_compose(own[label], others[label], glyphs, draw) for label in wanted]
    pixels = np.round(255 * np.stack(composed).clip(0, 1)).astype(np.uint8)
    return pixels, wanted.astype(np.int64)


def _compose(
    own: Classes, others: Classes, glyphs: NDArray[np.float64], draw: np.random.Generator
) -> NDArray[np.float64]:
    """Return an image of one of its ``own`` glyphs among fragments of two ``others``."""
    which = draw.choice(own)
    canvas = np.broadcast_to(draw.uniform(0.0, 0.35, 3), (PIXELS, PIXELS, 3)).copy()
    for other in draw.choice(others, FRAGMENTS):
        row, column = draw.integers(0, 8 - FRAGMENT + 1, 2)
        piece = glyphs[other, row : row + FRAGMENT, column : column + FRAGMENT]
        _paint(canvas, piece, draw)
    _paint(canvas, glyphs[which], draw)
    return canvas + draw.normal(0.0, NOISE, canvas.shape)


def _paint(
    canvas: NDArray[np.float64], glyph: NDArray[np.float64], draw: np.random.Generator
) -> None:
    """Blend a glyph in a bright random colour into the canvas, at a random place."""
    size = len(glyph)
    row, column = draw.integers(0, PIXELS - size + 1, 2)
    patch = canvas[row : row + size, column : column + size]
    ink = glyph[:, :, None]
    patch[:] = (1 - ink) * patch + ink * draw.uniform(0.5, 1.0, 3)
