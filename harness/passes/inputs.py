"""What every candidate of a run sees, and the frozen random tensors that passes draw."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

Records = dict[type, Any]


class Inputs(NamedTuple):
    """The frozen minibatch, and two frozen Gaussian ones of its shape.

    ``images`` (N, 3, H, W), ``labels`` (N,), ``gaussian`` (2, N, 3, H, W).
    """

    images: Tensor
    labels: Tensor
    gaussian: Tensor


class Run(NamedTuple):
    """What a pass is given: a network, what it sees, which records are wanted, which are made.

    Of the records made it may read those of the passes that it needs.
    """

    network: Any
    inputs: Inputs
    wanted: frozenset[type]
    made: Records


def channels_last(images: Tensor) -> Tensor:
    """Return (..., C, H, W) with the channels of a pixel side by side in memory."""
    return images.movedim(-3, -1).contiguous().movedim(-1, -3)


@cache
def frozen_normal(*shape: int) -> Tensor:
    """Return i.i.d. N(0, 1) numbers that depend on the shape alone, on the CPU."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@cache
def frozen_signs(stream: int, *shape: int) -> Tensor:
    """Return i.i.d. +1 and -1 (int8) that depend on stream and shape alone, on the CPU."""
    generator = torch.Generator().manual_seed(stream)
    return 2 * torch.randint(0, 2, shape, generator=generator, dtype=torch.int8) - 1
