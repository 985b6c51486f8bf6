"""The networks of NAS-Bench-Macro once more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.literal.net import Net
from tests.literal.written import smallest


@dataclass
class Bottlenecks(Net):
    """A literal network of eight digits: the weights say which layers there are."""

    digits: str = ""

    def conv(self, x: Tensor, stride: int = 1) -> Tensor:
        """Kernels of one input are depthwise: each channel has its own."""
        i = next(self._weight)
        w = self.weights[i]
        if w.shape[1] == x.shape[1]:
            y = F.conv2d(x, w, stride=stride, padding=w.shape[-1] // 2)
        else:
            pairs = zip(x.split(1, dim=1), w.split(1), strict=True)
            maps = [F.conv2d(c, k, stride=stride, padding=w.shape[-1] // 2) for c, k in pairs]
            y = torch.cat(maps, dim=1)
        return self.layer(self.tap(i, y))

    def bottleneck(self, x: Tensor, stride: int) -> Tensor:
        y = self.relu(self.bn(self.conv(x)))
        y = self.relu(self.bn(self.conv(y, stride=stride)))
        y = self.bn(self.conv(y))
        return y + x if y.shape == x.shape else y

    def maps(self, x: Tensor) -> Iterator[Tensor]:
        self.start()
        x = self.relu(self.bn(self.conv(x)))
        yield x
        for place, digit in enumerate(self.digits):
            stride = 2 if place in (0, 2, 5) else 1
            if digit != "0":
                x = self.bottleneck(x, stride)
            elif stride == 2:
                x = self.bn(self.conv(x, stride=2))
            else:
                continue
            yield x

    def features(self, x: Tensor) -> Tensor:
        *_, last = self.maps(x)
        return self.relu(self.bn(self.conv(last)))

    @property
    def ends(self) -> list[int]:
        """Places, among the maps, of the last of each stage."""
        there = [0, *(p in (0, 2, 5) or d != "0" for p, d in enumerate(self.digits))]
        return [sum(there[: last + 1]) for last in (2, 5, 8)]


def meco_released_of_bottlenecks(net: Bottlenecks, image: Tensor) -> float:
    """Every module of the release puts out a map; what follows pooling has one position."""
    outputs: list[Tensor] = []

    def put(a: Tensor, times: int = 1) -> Tensor:
        outputs.extend([a.detach()] * times)
        return a

    net.start()
    x = put(net.bn(put(net.conv(image))))
    x = put(put(x.clamp(min=0)))  # the ReLU, and the sequence of the stem
    for place, digit in enumerate(net.digits):
        stride = 2 if place in (0, 2, 5) else 1
        if digit == "0":
            if stride == 2:
                x = put(put(net.bn(put(net.conv(x, stride=2)))))  # a sequence
            put(x)  # the module
            continue
        y = put(put(net.bn(put(net.conv(x)))).clamp(min=0))
        y = put(put(net.bn(put(net.conv(y, stride=stride)))).clamp(min=0))
        y = put(put(net.bn(put(net.conv(y)))))  # and the sequence
        x = put(y + x if y.shape == x.shape else y)
    put(x)  # the sequence of all layers
    put(put(net.bn(put(net.conv(x)))).clamp(min=0))
    return sum(smallest(a[0].flatten(1)) for a in outputs)
