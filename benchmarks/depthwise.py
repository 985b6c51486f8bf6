"""Depthwise convolution: every channel by itself."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.grad import conv2d_weight

from benchmarks.layers import Convolution, Gradients, Lanes, parted


class Depthwise(Convolution):
    """Every lane's own depthwise convolution of (N, lanes * C, H, W): a group each channel.

    Its weights are (lanes * C, 1, k, k), so the fan-in is :math:`k^2` and, as PyTorch counts it,
    the fan-out :math:`C k^2`. Source: Howard et al., MobileNets, 2017, arXiv:1704.04861.
    """

    def __init__(self, channels: int, kernel: int, lanes: Lanes, *, stride: int = 1) -> None:
        every = len(lanes) * channels
        nn.Conv2d.__init__(
            self, every, every, kernel, stride, kernel // 2, groups=every, bias=False
        )
        self.lanes = lanes

    def _conv_forward(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        y: Tensor = super()._conv_forward(laid(x), weight, bias)
        return y

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return super().pull(laid(back), x, y)

    def weight_gradient(self, x: Tensor, back: Tensor) -> Tensor:
        return super().weight_gradient(laid(x), laid(back))

    def own_gradients(self, x: Tensor, each: Tensor) -> Gradients:
        """Yield (B, K, g, weights): every channel of every image is a group of its own.

        Its K cotangents are so many channels more.
        """
        (k, count), every = each.shape[:2], x.shape[1]
        groups = count * every
        stacked = each.permute(1, 2, 0, 3, 4).reshape(1, groups * k, *each.shape[3:])
        shape = groups * k, *self.weight.shape[1:]
        images = x.reshape(1, groups, *x.shape[2:])
        grads = conv2d_weight(images, shape, stacked, self.stride, self.padding, 1, groups)  # type: ignore[no-untyped-call]
        by_channel = grads.reshape(count, every, k, -1).transpose(1, 2)
        yield "weights", parted(by_channel, len(self.lanes), 2).flatten(3)


def laid(x: Tensor) -> Tensor:
    """Return maps as PyTorch's own depthwise kernels read them on a GPU, one channel after another.

    Channels last they would go to cuDNN, which prepares a quarter of a second for every new shape.
    """
    return x.contiguous() if x.is_cuda else x
