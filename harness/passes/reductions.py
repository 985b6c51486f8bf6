"""What is kept of each image's own gradients of a layer: their norms, or their inner products."""

from __future__ import annotations

from typing import TypeGuard

import torch
from torch import Tensor

from benchmarks.layers import Convolution, Lanes, Layer, Parametrised, parted, places


class Norms:
    """Accumulates squared norms of each image's gradients, (B, K, count), for K cotangents."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.squared: Tensor = torch.zeros(())

    def __call__(self, layer: Layer, x: Tensor, each: Tensor) -> None:
        """Count one layer's parameters."""
        if not isinstance(layer, Parametrised):
            return
        positions = each[0, 0, 0].numel()
        if _mixes(layer) and 4 * positions <= layer.weight[0].numel():
            parts = [self._by_positions(layer, x, each)]
        else:
            parts = [grads.square().sum(3) for _, grads in layer.own_gradients(x, each)]
        for part in parts:
            self.squared = self.squared + spread(part.double(), 2, layer.lanes, self.count)

    @staticmethod
    def _by_positions(layer: Convolution, x: Tensor, each: Tensor) -> Tensor:
        r"""Return :math:`\sum_{pq} \langle x_p, x_q \rangle \langle \delta_p, \delta_q \rangle`.

        It is the squared norm of the sum over positions of the outer products of a patch and its
        cotangent, and cheap where positions are few.
        """
        g, patches = len(layer.lanes), layer.patches(x)
        of_x = torch.unflatten(torch.bmm(patches.mT, patches), 0, (-1, g))
        back = parted(each, g, 2).flatten(0, 2).flatten(2)
        of_back = torch.bmm(back.mT, back)
        return (of_back.reshape(-1, *of_x.shape) * of_x).sum((3, 4)).transpose(0, 1)


class Gram:
    """Accumulates inner products of the images' gradients, (count, N, N), float64, by kind.

    With ``signs``, also what each image's gradient of a parameter has as its sign, summed.
    """

    def __init__(self, count: int, *, signs: bool = False) -> None:
        self.count = count
        self.parts: dict[str, Tensor] = {}
        self.owners: list[Parametrised] = []
        self.signs: list[Tensor] | None = [] if signs else None

    def __call__(self, layer: Layer, x: Tensor, each: Tensor) -> None:
        """Count one layer's parameters, for the one cotangent."""
        if not isinstance(layer, Parametrised):
            return
        if self.signs is None and _mixes(layer) and _few_positions(layer, each):
            self._add("weights", layer, self._by_positions(layer, x, each))
            return
        for kind, grads in layer.own_gradients(x, each):
            rows = grads[:, 0].transpose(0, 1)
            self._add(kind, layer, rows @ rows.mT)
            if self.signs is not None:
                self.owners.append(layer)
                self.signs.append(rows.sign().sum(1))

    def _add(self, kind: str, layer: Parametrised, products: Tensor) -> None:
        part = spread(products.double(), 0, layer.lanes, self.count)
        self.parts[kind] = self.parts.get(kind, 0) + part

    @staticmethod
    def _by_positions(layer: Convolution, x: Tensor, each: Tensor) -> Tensor:
        r"""Return inner products (g, B, B) of gradients that are never made.

        :math:`\sum_{pq} \langle x_{ip}, x_{jq} \rangle \langle \delta_{ip}, \delta_{jq} \rangle`
        over pairs of positions of images i and j.
        """
        g = len(layer.lanes)
        backs = parted(each[0], g).flatten(0, 1).flatten(2)
        met: Tensor = torch.ones(())
        for part in (layer.patches(x), backs):
            rows = torch.unflatten(part, 0, (-1, g)).permute(1, 0, 3, 2).flatten(1, 2)
            met = met * (rows @ rows.mT)
        return met.reshape(g, len(x), met.shape[1] // len(x), len(x), -1).sum((2, 4))

    def over(self, *kinds: str) -> Tensor:
        """Return the inner products over the given kinds of parameters, all of them by default."""
        parts = [part for kind, part in self.parts.items() if not kinds or kind in kinds]
        return torch.stack(parts).sum(0).cpu()


def _mixes(layer: Parametrised) -> TypeGuard[Convolution]:
    """Whether a layer is a convolution of all channels of a network, not a depthwise one."""
    return isinstance(layer, Convolution) and layer.groups == len(layer.lanes)


def _few_positions(layer: Convolution, each: Tensor) -> bool:
    """Whether products over pairs of positions take fewer multiplications than the gradients do."""
    images, positions = each.shape[1], each[0, 0, 0].numel()
    outputs, weights = len(layer.weight) // len(layer.lanes), layer.weight[0].numel()
    pairs = images * positions**2 * (weights + outputs)
    return pairs <= (positions + images) * weights * outputs


def spread(part: Tensor, dim: int, lanes: Lanes, count: int) -> Tensor:
    """Return values of those networks that have a layer as values of all, 0 for the others."""
    if len(lanes) == count:
        return part
    shape = list(part.shape)
    shape[dim] = count
    return part.new_zeros(shape).index_copy_(dim, places(lanes, part.device), part)
