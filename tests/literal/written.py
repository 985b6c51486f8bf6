"""MeCo as released: every module of the network that the string writes."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.literal.net import Net


def meco_released(net: Net, x: Tensor, y: Tensor, *, image: Tensor) -> float:
    outputs: list[Tensor] = []

    def put(a: Tensor) -> Tensor:
        """A module returns ``a``."""
        outputs.append(a.detach())
        return a

    def relu_conv_bn(a: Tensor, stride: int = 1) -> Tensor:
        a = put(net.conv(put(a.clamp(min=0)), stride=stride))
        a = put(net.bn(a))
        a = put(a)  # the sequence of the three
        return put(a)  # the module around it

    def operation(name: str, a: Tensor) -> Tensor:
        if name == "none":
            return put(0 * a)
        if name == "skip_connect":
            return put(a)
        if name == "avg_pool_3x3":
            return put(put(F.avg_pool2d(a, 3, 1, 1, count_include_pad=False)))
        return relu_conv_bn(a)

    def cell(a: Tensor) -> Tensor:
        nodes = {0: a}
        for target, sources in ((1, (0,)), (2, (0, 1)), (3, (0, 1, 2))):
            parts = [operation(net.ops[s, target], nodes[s]) for s in sources]
            nodes[target] = torch.stack(parts).sum(0)
        return put(nodes[3])

    def stage(a: Tensor) -> Tensor:
        for _ in range(net.cells):
            a = cell(a)
        return put(a)

    def reduction(a: Tensor) -> Tensor:
        main = relu_conv_bn(relu_conv_bn(a, stride=2))
        shortcut = put(net.conv(put(F.avg_pool2d(a, 2, 2))))
        return put(main + put(shortcut))

    net.start()
    a = put(net.bn(put(net.conv(image))))
    a = stage(put(put(a)))
    a = stage(reduction(a))
    a = stage(reduction(a))
    a = put(put(net.bn(a)).clamp(min=0))
    put(put(a).mean((2, 3), keepdim=True))
    return sum(smallest(one[0].flatten(1)) for one in outputs)


def smallest(rows: Tensor) -> float:
    """An undefined correlation is 0."""
    rows = rows - rows.mean(1, keepdim=True)
    products = rows @ rows.T
    lengths = rows.norm(dim=1)
    correlation = (products / lengths[:, None] / lengths).nan_to_num(0.0, 0.0, 0.0)
    return min(torch.linalg.eigvals(correlation).real.tolist())
