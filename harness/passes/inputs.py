"""What every candidate of a run sees, and the frozen random tensors that passes draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from benchmarks.layers import Parametrised, parted
from benchmarks.network import Layered, repeated

Records = dict[type, Any]
"""What passes hand on, and for each record that proxies read, a list of one a network."""


CENTRED = (
    "only sums of normalised maps reach the classifier, so the sum of a minibatch's logits is the "
    "same whatever the images and the kernels are"
)
"""Why a network that is ``centred`` has no derivative of that sum."""


class Inputs(NamedTuple):
    """The frozen minibatch, and two frozen Gaussian ones of its shape.

    ``images`` (N, 3, H, W), ``labels`` (N,), ``gaussian`` (2, N, 3, H, W).
    """

    images: Tensor
    labels: Tensor
    gaussian: Tensor


N = TypeVar("N", bound=Layered, covariant=True)


@dataclass(frozen=True, slots=True)
class Context(Generic[N]):
    """What a pass is given: networks, what they see, which records are wanted, which are made.

    ``network`` is one, or several side by side whose channels follow one another. Of the records
    made it may read those of the passes that it needs.
    """

    network: N
    inputs: Inputs
    wanted: frozenset[type]
    made: Records

    @property
    def count(self) -> int:
        """How many networks stand side by side."""
        return self.network.count

    def repeated(self, images: Tensor) -> Tensor:
        """Return images (N, C, H, W) as the networks see them, (N, count * C, H, W)."""
        return repeated(images, self.count)

    def split(self, x: Tensor) -> Tensor:
        """Return (N, count * C, ...) as (count, N, C, ...)."""
        return parted(x, self.count).transpose(0, 1)

    def per_network(
        self,
        layers: Iterable[Parametrised],
        values: Iterable[Tensor],
        dim: int = 0,
    ) -> list[tuple[Tensor, ...]]:
        """Return each network's own part of what was found of layers, on the CPU.

        Along ``dim``, a layer's networks follow one another.
        """
        own: list[list[Tensor]] = [[] for _ in range(self.count)]
        for layer, all_parts in zip(layers, values, strict=True):
            parts = all_parts.detach().cpu().chunk(len(layer.lanes), dim)
            for lane, part in zip(layer.lanes, parts, strict=True):
                own[lane].append(part)
        return [tuple(parts) for parts in own]


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
