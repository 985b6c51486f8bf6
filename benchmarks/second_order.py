"""Layers for losses that contain gradients: the derivatives of their derivatives, written out.

PyTorch composes those of a batch normalisation from many more passes over the feature map, and
those of a convolution from convolutions whose kernels are whole feature maps.
Products with a slope that is 0, as an operation's that is not chosen, are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from benchmarks.layers import Convolution
from benchmarks.normalisation import EPSILON, BatchNorm
from benchmarks.pooling import AvgPool

Pair = tuple[Tensor, Tensor]
Triple = tuple[Tensor, Tensor, Tensor]
Map = Callable[[Tensor], Tensor]
Sizes = Any
"""Stride, padding, dilation, transposed, padding of the output, groups."""


class SecondOrderConvolution(Convolution):
    """A convolution without bias, whose gradient is itself differentiated fast."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of (N, inputs, H, W)."""
        if self.bias is not None:
            return super().forward(x)
        sizes = self.stride, self.padding, self.dilation, False, [0, 0], self.groups
        y: Tensor = _apply(_Convolution, x, self.weight, sizes)
        return y


class SecondOrderBatchNorm(BatchNorm):
    """Batch normalisation by the minibatch, whose gradient is itself differentiated fast."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the normalised (N, C, H, W)."""
        if self.mode != "batch":
            return super().forward(x)
        y: Tensor
        y, self.mean, self.inverse_std = _apply(_Normalisation, x, self.weight, self.bias)
        return y


class SecondOrderAvgPool(AvgPool):
    """Average pooling, whose gradient is itself differentiated fast."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the averages of (N, C, H, W)."""
        y: Tensor = _apply(_Linear, x, super().forward, lambda back: self.pull(back, back, back))
        return y


SECOND_ORDER: dict[type[nn.Module], type[nn.Module]] = {
    BatchNorm: SecondOrderBatchNorm,
    Convolution: SecondOrderConvolution,
    AvgPool: SecondOrderAvgPool,
}


def second_order(network: nn.Module) -> None:
    """Let every layer that has one be its :data:`SECOND_ORDER` form.

    They differ from the plain layers in how they compute, not in what they hold.
    """
    for part in network.modules():
        part.__class__ = SECOND_ORDER.get(type(part), type(part))


def _apply(function: type[Function], *arguments: object) -> Any:
    return function.apply(*arguments)  # type: ignore[no-untyped-call]


class _Linear(Function):
    """A linear map, given as itself and as its transpose."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, itself: Map, transpose: Map) -> Tensor:
        ctx.ways = transpose, itself
        return itself(x)

    @staticmethod
    def backward(ctx: Any, back: Tensor) -> Any:
        return _apply(_Linear, back, *ctx.ways), None, None


class _Convolution(Function):
    """The output of a convolution."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, sizes: Sizes) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.sizes = sizes
        return _convolved(x, weight, sizes)

    @staticmethod
    def backward(ctx: Any, back: Tensor) -> Any:
        return *_apply(_ConvolutionGradient, back, *ctx.saved_tensors, ctx.sizes), None


class _ConvolutionGradient(Function):
    """The gradients of a convolution's input and weight: bilinear, as the convolution is."""

    @staticmethod
    def forward(ctx: Any, back: Tensor, x: Tensor, weight: Tensor, sizes: Sizes) -> Pair:
        ctx.save_for_backward(back, x, weight)
        ctx.sizes = sizes
        return _pulled(back, x, weight, sizes)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_x: Tensor, of_weight: Tensor) -> Any:
        """Return the adjoints of slope, input and weight, given those of the two gradients."""
        back, x, weight = ctx.saved_tensors
        slope = _convolved(of_x, weight, ctx.sizes)
        if of_weight.any():
            slope = slope.add_(_convolved(x, of_weight, ctx.sizes))
        return slope, *_pulled(back, of_x, of_weight, ctx.sizes), None


def _convolved(x: Tensor, weight: Tensor, sizes: Sizes) -> Tensor:
    return torch.convolution(x, weight, None, *sizes)


def _pulled(back: Tensor, x: Tensor, weight: Tensor, sizes: Sizes) -> Pair:
    if not back.any():
        return torch.zeros_like(x), torch.zeros_like(weight)
    pulled: Triple = torch.ops.aten.convolution_backward(
        back, x, weight, None, *sizes, [True, True, False]
    )
    return pulled[:2]


class _Normalisation(Function):
    """The output, the minibatch's mean and its 1 / sqrt(variance + epsilon)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Triple:
        output: Triple = torch.native_batch_norm(x, weight, bias, None, None, True, 0.0, EPSILON)
        ctx.save_for_backward(x, weight, *output[1:])
        ctx.mark_non_differentiable(*output[1:])
        return output

    @staticmethod
    def backward(ctx: Any, back: Tensor, *_: object) -> Any:
        return _apply(_NormalisationGradient, back, *ctx.saved_tensors)


class _NormalisationGradient(Function):
    r"""The gradients of input, weight and bias, and their own.

    With :math:`r = 1 / \sigma`, :math:`\hat x = (x - \mu) r`, slope :math:`\delta` at the output,
    means over images and positions in brackets, and
    :math:`P(z) = z - \langle z \rangle - \hat x \langle z \hat x \rangle`, they are
    :math:`\gamma r P(\delta)`, :math:`n \langle \delta \hat x \rangle` and
    :math:`n \langle \delta \rangle` for n positions.
    """

    @staticmethod
    def forward(ctx: Any, back: Tensor, x: Tensor, *held: Tensor) -> Triple:
        gradients = _gradients(back, x, *held)
        ctx.save_for_backward(back, x, *held, *gradients[1:])
        return gradients

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_x: Tensor, of_weight: Tensor, of_bias: Tensor) -> Any:
        r"""Return the adjoints of slope, input and weight, given those of the three gradients.

        With :math:`u, v, w` for those three and
        :math:`D = r \sum u P(\delta)`, they are
        :math:`\gamma r P(u) + v \hat x + w`, next :math:`r P(h) - \gamma r D \hat x / n` where
        :math:`h = v \delta - \gamma r (u \langle \delta \hat x \rangle
        + \delta \langle u \hat x \rangle)`, and :math:`D`.
        """
        back, x, weight, mean, inverse, scale, shift = ctx.saved_tensors
        count = x.numel() // x.shape[1]
        slope, along, total = _gradients(of_x, x, weight, mean, inverse)
        along, total, scale, shift = (part / count for part in (along, total, scale, shift))
        steep = weight * inverse
        of_own = inverse * ((of_x * back).sum((0, 2, 3)) - count * (total * shift + along * scale))
        normalised = of_weight * inverse
        slope = slope.addcmul_(x, _maps(normalised)).add_(_maps(of_bias - normalised * mean))
        on_x = -inverse * (of_weight * scale - 2 * steep * along * scale) - steep * of_own / count
        level = of_weight * shift - steep * (total * scale + along * shift)
        constant = -inverse * level - on_x * inverse * mean
        input_ = torch.addcmul(_maps(constant), of_x, _maps(-inverse * steep * scale))
        input_.addcmul_(back, _maps(inverse * (of_weight - steep * along)))
        input_.addcmul_(x, _maps(on_x * inverse))
        return slope, input_, of_own, None, None


def _gradients(back: Tensor, x: Tensor, weight: Tensor, mean: Tensor, inverse: Tensor) -> Triple:
    gradients: Triple = torch.ops.aten.native_batch_norm_backward(
        back, x, weight, None, None, mean, inverse, True, EPSILON, [True, True, True]
    )
    return gradients


def _maps(channels: Tensor) -> Tensor:
    return channels[:, None, None]
