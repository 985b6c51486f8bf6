"""What is kept of each image's own gradients of a layer: their norms, or their inner products."""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.grad import conv2d_weight

from benchmarks.layers import BatchNorm, Classifier, Convolution, Members, Owner, parted, places

Gradients = Iterator[tuple[str, Tensor]]
"""Kinds of parameters (weights, bias, scales, shifts), each with gradients (B, K, g, parameters).

They are those of the g networks that have the module, of B images, for each of K cotangents.
"""


def own_gradients(module: Owner, x: Tensor, each: Tensor) -> Gradients:
    """Yield every image's gradients of a module's parameters, for each of K cotangents."""
    g = len(module.members)
    if isinstance(module, Classifier):
        backs, of_x = parted(each, g, 2), parted(x, g)
        yield "weights", (backs[..., None] * of_x[:, :, None]).flatten(3).transpose(0, 1)
        yield "bias", backs.transpose(0, 1)
    elif isinstance(module, BatchNorm):
        scaled = (x - module.mean[:, None, None]) * module.inverse_std[:, None, None]
        for kind, grads in (("scales", each * scaled), ("shifts", each)):
            yield kind, parted(grads.sum((3, 4)), g, 2).transpose(0, 1)
    else:
        yield "weights", convolution_gradients(module, x, each)


def convolution_gradients(layer: Convolution, x: Tensor, each: Tensor) -> Tensor:
    """Return (B, K, g, weights): one convolution whose groups are the images of each network.

    Every one is a group of its own, with the K cotangents as so many times more channels.
    """
    (k, count), g = each.shape[:2], len(layer.members)
    groups = count * g
    stacked = parted(each, g, 2).permute(1, 2, 0, 3, 4, 5)
    backs = stacked.reshape(groups, -1, *each.shape[3:])
    if layer.kernel_size == (1, 1):
        of_x = x.reshape(groups, -1, *x.shape[2:]).flatten(2)
        grads = torch.bmm(backs.flatten(2), of_x.mT)
    else:
        shape = groups * backs.shape[1], *layer.weight.shape[1:]
        images, cotangents = (part.reshape(1, -1, *part.shape[2:]) for part in (x, backs))
        grads = conv2d_weight(images, shape, cotangents, layer.stride, layer.padding, 1, groups)  # type: ignore[no-untyped-call]
    return grads.reshape(count, g, k, -1).transpose(1, 2)


class Norms:
    """Accumulates squared norms of each image's gradients, (B, K, count), for K cotangents."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.squared: Tensor = torch.zeros(())

    def __call__(self, module: nn.Module, x: Tensor, each: Tensor) -> None:
        """Count one module's parameters."""
        if not isinstance(module, Owner):
            return
        positions = each[0, 0, 0].numel()
        if isinstance(module, Convolution) and 4 * positions <= module.weight[0].numel():
            parts = [self._by_positions(module, x, each)]
        else:
            parts = [grads.square().sum(3) for _, grads in own_gradients(module, x, each)]
        for part in parts:
            self.squared = self.squared + spread(part.double(), 2, module.members, self.count)

    @staticmethod
    def _by_positions(layer: Convolution, x: Tensor, each: Tensor) -> Tensor:
        r"""Return :math:`\sum_{pq} \langle x_p, x_q \rangle \langle \delta_p, \delta_q \rangle`.

        It is the squared norm of the sum over positions of the outer products of a patch and its
        cotangent, and cheap where positions are few.
        """
        size, g = layer.kernel_size, len(layer.members)
        patches = F.unfold(x, size, padding=size[0] // 2, stride=layer.stride)
        patches = parted(patches, g).flatten(0, 1)
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
        self.owners: list[Owner] = []
        self.signs: list[Tensor] | None = [] if signs else None

    def __call__(self, module: nn.Module, x: Tensor, each: Tensor) -> None:
        """Count one module's parameters, for the one cotangent."""
        if not isinstance(module, Owner):
            return
        for kind, grads in own_gradients(module, x, each):
            rows = grads[:, 0].transpose(0, 1)
            part = spread((rows @ rows.mT).double(), 0, module.members, self.count)
            self.parts[kind] = self.parts.get(kind, 0) + part
            if self.signs is not None:
                self.owners.append(module)
                self.signs.append(rows.sign().sum(1))

    def over(self, *kinds: str) -> Tensor:
        """Return the inner products over the given kinds of parameters, all of them by default."""
        parts = [part for kind, part in self.parts.items() if not kinds or kind in kinds]
        return torch.stack(parts).sum(0).cpu()


def spread(part: Tensor, dim: int, members: Members, count: int) -> Tensor:
    """Return what some networks have as what all have, 0 for the others."""
    if len(members) == count:
        return part
    shape = list(part.shape)
    shape[dim] = count
    return part.new_zeros(shape).index_copy_(dim, places(members, part.device), part)
