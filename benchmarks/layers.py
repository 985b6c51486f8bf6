"""Layers of networks: of one, or of several that stand side by side, each in a lane of its own.

Feature maps are (N, lanes * C, H, W): the channels of one lane after those of another. A layer
computes for each what it would compute alone. It carries its own rules (:class:`Layer`), so that
whoever differentiates a network asks its layers and need not know them; a layer without a rule is
refused, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.grad import conv2d_weight

WIDE = 1024
"""Weights of a channel from which a product of matrices takes less time than a grouped convolution:
at 1,152 it takes .4 of it, at 576 1.3 times as much. On a GPU, whose grouped convolutions run one
group after another, it takes a tenth at any number."""

Lanes = tuple[int, ...]
"""The lanes of the networks that have a layer, ascending from 0."""


def parted(x: Tensor, lanes: int, dim: int = 1) -> Tensor:
    """Return a dimension in which lanes follow one another as two, (..., lanes, C, ...)."""
    return torch.unflatten(x, dim, (lanes, -1))


@lru_cache(maxsize=256)
def places(lanes: Lanes, device: torch.device) -> Tensor:
    """Return lanes as indices on a device."""
    return torch.tensor(lanes, device=device)


Gradients = Iterator[tuple[str, Tensor]]
"""Kinds of parameters (weights, bias, scales, shifts), each with gradients (B, K, g, parameters).

They are those of the g networks that have the layer, of B images, for each of K cotangents.
"""


class Layer(nn.Module):
    """What computes, with its derivatives: each rule has to be given by the layer's own class.

    ``x`` and ``y`` are the input and the output of the call that is differentiated.
    """

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return cotangents of the input, (K * B, ...), given those of the output.

        They are K cotangents for each of the B images in ``x`` and ``y``, one image after another;
        normalisation statistics are constants.
        """
        raise TypeError(f"{type(self).__name__} should have a rule for cotangents of its input.")

    def tangent(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return the output's derivative as all weights grow in proportion, given the input's."""
        raise TypeError(f"{type(self).__name__} should have a rule for tangents of its output.")

    def carried(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Return the output's derivative as weights stand still, given the input's."""
        return self.tangent(moved, x, y)


class Parametrised(Layer):
    """A layer with weights, which the networks in its ``lanes`` have."""

    lanes: Lanes

    def own_gradients(self, x: Tensor, each: Tensor) -> Gradients:
        """Yield each image's gradients of the parameters, given cotangents (K, B, ...) of ``y``."""
        raise TypeError(f"{type(self).__name__} should have a rule for each image's gradients.")

    def first_gradients(self, x: Tensor, each: Tensor) -> Gradients:
        """Yield the first entry of each of :meth:`own_gradients`, (B, K, g, 1)."""
        for kind, grads in self.own_gradients(x, each):
            yield kind, grads[..., :1]


class Convolution(nn.Conv2d, Parametrised):
    """Every lane's own convolution of (N, lanes * inputs, H, W), with padding: a group each."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        lanes: Lanes,
        *,
        stride: int = 1,
        bias: bool = False,
    ) -> None:
        n = len(lanes)
        padding = kernel // 2
        super().__init__(n * inputs, n * outputs, kernel, stride, padding, groups=n, bias=bias)
        self.lanes = lanes

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        sizes = self.stride, self.padding, self.dilation, False, [0, 0], self.groups
        pulled: Tensor = torch.ops.aten.convolution_backward(
            back, unread(back, x), self.weight, None, *sizes, [True, False, False]
        )[0]
        return pulled

    def tangent(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return self.carried(moved, x, y).add_(y)

    def carried(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return nn.Conv2d.forward(self, moved)

    def weight_gradient(self, x: Tensor, back: Tensor) -> Tensor:
        """Return the gradient of the weights, summed over images, for one cotangent each."""
        sizes = self.stride, self.padding, self.dilation, self.groups
        gradient: Tensor = conv2d_weight(x, self.weight.shape, back, *sizes)  # type: ignore[no-untyped-call]
        return gradient

    def patches(self, x: Tensor) -> Tensor:
        """Return what the kernel meets at each position, (B * g, weights of a channel, positions).

        Of g networks, those of one image after another.
        """
        size = self.kernel_size
        unfolded = F.unfold(x, size, padding=size[0] // 2, stride=self.stride)
        return parted(unfolded, len(self.lanes)).flatten(0, 1)

    def own_gradients(self, x: Tensor, each: Tensor) -> Gradients:
        """Yield (B, K, g, weights): one convolution whose groups are each network's images.

        Every image is a group of its own, with the K cotangents as so many times more channels.
        Wide kernels and those of one position are products of matrices, on a GPU all are.
        """
        (k, count), g = each.shape[:2], len(self.lanes)
        groups = count * g
        stacked = parted(each, g, 2).permute(1, 2, 0, 3, 4, 5)
        backs = stacked.reshape(groups, -1, *each.shape[3:])
        if self.kernel_size == self.stride == (1, 1):
            of_x = x.reshape(groups, -1, *x.shape[2:]).flatten(2)
            grads = torch.bmm(backs.flatten(2), of_x.mT)
        elif self.weight[0].numel() >= WIDE or x.is_cuda:
            grads = torch.bmm(backs.flatten(2), self.patches(x).mT)
        else:
            shape = groups * backs.shape[1], *self.weight.shape[1:]
            images, cotangents = (part.reshape(1, -1, *part.shape[2:]) for part in (x, backs))
            grads = conv2d_weight(images, shape, cotangents, self.stride, self.padding, 1, groups)  # type: ignore[no-untyped-call]
        yield "weights", grads.reshape(count, g, k, -1).transpose(1, 2)

    def first_gradients(self, x: Tensor, each: Tensor) -> Gradients:
        """Yield those of the kernels' first entries: what such an entry meets at every position."""
        g, margin, step = len(self.lanes), self.kernel_size[0] // 2, self.stride[0]
        met = F.pad(parted(x, g)[:, :, 0], (margin,) * 4)[..., ::step, ::step]
        met = met[..., : each.shape[3], : each.shape[4]]
        grads = (parted(each, g, 2)[:, :, :, 0] * met).sum((3, 4))
        yield "weights", grads.transpose(0, 1)[..., None]


class Classifier(nn.Linear, Parametrised):
    """Every lane's own linear layer, (N, lanes * inputs) to (N, lanes * classes)."""

    def __init__(self, inputs: int, classes: int, lanes: Lanes) -> None:
        super().__init__(inputs, len(lanes) * classes)
        self.lanes = lanes

    def product(self, x: Tensor) -> Tensor:
        """Multiply by the weights alone."""
        return self._by("ngc,gkc->ngk", x)

    def forward(self, x: Tensor) -> Tensor:
        return self.product(x) + self.bias

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return self._by("ngk,gkc->ngc", back)

    def tangent(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return self.product(moved) + (y - self.bias)

    def carried(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return self.product(moved)

    def weight_gradient(self, x: Tensor, back: Tensor) -> Tensor:
        """Return the gradient of the weights, summed over images, for one cotangent each."""
        backs, of_x = (parted(part, len(self.lanes)) for part in (back, x))
        return torch.einsum("ngk,ngc->gkc", backs, of_x).flatten(0, 1)

    def own_gradients(self, x: Tensor, each: Tensor) -> Gradients:
        g = len(self.lanes)
        backs, of_x = parted(each, g, 2), parted(x, g)
        yield "weights", (backs[..., None] * of_x[:, :, None]).flatten(3).transpose(0, 1)
        yield "bias", backs.transpose(0, 1)

    def _by(self, sums: str, x: Tensor) -> Tensor:
        count = len(self.lanes)
        weights = parted(self.weight, count, 0)
        return torch.einsum(sums, parted(x, count), weights).flatten(1)


class ReLU(nn.ReLU, Layer):
    """A ReLU whose output feeds ``uses`` convolutions of each lane.

    In the space each of them has its own.
    """

    def __init__(self, uses: tuple[int, ...]) -> None:
        super().__init__()
        self.uses = uses

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        each = back.reshape(-1, *y.shape)
        pulled: Tensor = torch.ops.aten.threshold_backward(each, y.expand_as(each), 0)
        return pulled.flatten(0, 1)

    def tangent(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        tangent: Tensor = torch.ops.aten.threshold_backward(moved, y, 0)
        return tangent


def ruled(module: nn.Module) -> Layer:
    """Return a module that carries rules.

    Raises:
        TypeError: it carries none.
    """
    if not isinstance(module, Layer):
        raise TypeError(f"A layer should carry rules for its derivatives. {module} has none.")
    return module


def unread(back: Tensor, x: Tensor) -> Tensor:
    """Return an input of the right shape and layout, of which nobody reads the values."""
    shape = len(back), *x.shape[1:]
    laid = back.is_cuda and back.is_contiguous()  # see :mod:`benchmarks.depthwise`
    layout = torch.contiguous_format if laid else torch.channels_last
    return torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=layout)
