"""What passes make for proxies to see: crops, and the signals of GenNAS."""

from __future__ import annotations

import itertools
import math

import torch

from harness.passes import regression
from harness.passes.features import crops


def test_crops_are_squares_of_one_channel() -> None:
    """Every crop, found by search, stands somewhere in the minibatch."""
    images = torch.arange(2 * 3 * 5 * 5.0).reshape(2, 3, 5, 5)
    found = crops(images)
    assert found.shape == (3, 1000, 1, 3, 3)
    corners = set()
    for crop in found.reshape(-1, 3, 3):
        image, channel, row, column = (int(i[0]) for i in torch.where(images == crop[0, 0]))
        assert torch.equal(crop, images[image, channel, row : row + 3, column : column + 3])
        corners.add((image, channel, row, column))
    assert len(corners) == 2 * 3 * 3 * 3  # each place occurs among 3,000


def test_the_signals_of_gennas_are_waves_dots_and_small_images() -> None:
    """Taken apart: a wave along one axis obeys s(k+1) + s(k-1) = 2 cos(w) s(k)."""
    images = torch.randn((16, 3, 32, 32), generator=torch.Generator().manual_seed(0))
    first, second, third = regression.signals(images)
    assert {one.shape for one in (first, second, third)} == {(16, 64, 8, 8)}
    small = torch.nn.functional.interpolate(images, (8, 8))
    small = 2 * (small - small.min()) / (small.max() - small.min()) - 1
    frequencies = [0.375 + 0.0125 * i for i in range(10)]
    fits = [
        # less one channel of the image, the third stage's signal is a wave plus signs
        any(wave_and_signs(third[n, k] - small[n, c], frequencies) for c in range(3))
        for n, k in itertools.product(range(4), range(16))
    ]
    assert sum(fits) > 0.85 * len(fits)  # a row whose signs are all alike cannot be told


def wave_and_signs(signal: torch.Tensor, frequencies: list[float]) -> bool:
    """Whether a signal is a sine along one axis plus +1 or -1 at every place."""
    for turned in (signal, signal.T):
        # of a wave along rows, all columns agree modulo the signs: values differ by 0 or 2
        low = turned.min(dim=1).values + 1
        rest = turned - low[:, None]
        if not torch.allclose(rest.abs(), torch.ones_like(rest), atol=1e-4):
            continue
        for f in frequencies:
            w = 2 * math.pi * f
            if torch.allclose(low[2:] + low[:-2], 2 * math.cos(w) * low[1:-1], atol=1e-3):
                return True
    return False
