"""Cotangents of each image's logits, carried from layer to layer; no Jacobian is held.

Normalisation statistics are those of the minibatch, held constant: then no image affects another.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.layers import AvgPool, BatchNorm, Classifier, Convolution, GlobalPool, ReLU
from benchmarks.network import Network
from harness.passes.hooks import Calls

Visit = Callable[[nn.Module, Tensor, Tensor], None]
"""Sees a layer, its input (B, ...) and K cotangents of its output for each image (K, B, ...)."""


def sweep(network: Network, called: Calls, cotangents: Tensor, first: int, visit: Visit) -> None:
    """Pull cotangents (K, B, count * classes) of the logits of some images through every layer.

    ``first`` is the place of the first of the B images in the minibatch.
    """
    k, count = cotangents.shape[:2]
    entry = network.weighted[0]

    def rule(module: nn.Module, back: Tensor) -> Tensor:
        x, y = (part.detach()[first : first + count] for part in called[module])
        each = back.reshape(k, count, *back.shape[1:])
        visit(module, x, each)
        pulled: Tensor
        if isinstance(module, Classifier):
            pulled = module.pull(back)
        elif isinstance(module, GlobalPool):
            pulled = (back / x[0, 0].numel())[:, :, None, None].expand(-1, -1, *x.shape[2:])
        elif isinstance(module, BatchNorm):
            pulled = back * (module.weight * module.inverse_std)[:, None, None]
        elif isinstance(module, ReLU):
            pulled = torch.ops.aten.threshold_backward(each, y.expand_as(each), 0).flatten(0, 1)
        elif isinstance(module, AvgPool):
            pulled = module.pull(back)
        elif isinstance(module, nn.AvgPool2d):
            pulled = _pooling_slope(module, back, x)
        elif module is entry:  # nobody asks for the images' cotangent
            pulled = back
        elif isinstance(module, Convolution):
            pulled = _convolution_slope(module, back, x)
        else:
            raise TypeError(f"There should be a rule for {module}.")
        return pulled

    with torch.no_grad():
        network.pull(cotangents.flatten(0, 1), rule)


def _convolution_slope(layer: Convolution, back: Tensor, x: Tensor) -> Tensor:
    sizes = layer.stride, layer.padding, layer.dilation, False, [0, 0], layer.groups
    pulled: Tensor = torch.ops.aten.convolution_backward(
        back, _unread(back, x), layer.weight, None, *sizes, [True, False, False]
    )[0]
    return pulled


def _pooling_slope(pool: nn.AvgPool2d, back: Tensor, x: Tensor) -> Tensor:
    sizes = ([size, size] for size in (pool.kernel_size, pool.stride, pool.padding))
    pulled: Tensor = torch.ops.aten.avg_pool2d_backward(
        back, _unread(back, x), *sizes, pool.ceil_mode, pool.count_include_pad, None
    )
    return pulled


def _unread(back: Tensor, x: Tensor) -> Tensor:
    """Return an input of the right shape and layout, of which nobody reads the values."""
    shape = len(back), *x.shape[1:]
    layout = torch.channels_last
    return torch.empty(shape, dtype=x.dtype, device=x.device, memory_format=layout)
