"""Proxies of feature maps and of which ReLUs are on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.literal.net import Net, number


def naswot(net: Net, x: Tensor, y: Tensor) -> float:
    net(x)
    codes = torch.cat([a.flatten(1) > 0 for a in net.relu_inputs], dim=1)
    kernel = torch.tensor(
        [[number((a == b).sum()) for b in codes] for a in codes], dtype=torch.float64
    )
    return number(torch.linalg.eigvalsh(kernel).log().sum())


def zen(net: Net, x: Tensor, y: Tensor, *, moved: Tensor) -> float:
    """``net`` holds N(0, 1) weights; ``x`` and ``moved`` are x and x + 0.01 x'."""
    first = net.features(x)
    scales = sum(number(var.mean().sqrt().log()) for _, var in net.statistics)
    change = (first - net.features(moved)).abs().sum((1, 2, 3)).mean()
    return number(change.log()) + scales


def swap(net: Net, x: Tensor, y: Tensor) -> float:
    net(x[:16])
    units = [column for a in net.relu_inputs for column in (a.flatten(1) > 0).T.tolist()]
    return len(set(map(tuple, units)))


def linear_regions(net: Net, x: Tensor, y: Tensor, *, crops: Tensor) -> float:
    found = set()
    for batch in crops:
        net.thin(batch)
        codes = torch.cat([(a > 0).flatten(1) for a in net.relu_inputs], dim=1)
        found |= set(map(tuple, codes.tolist()))
    return len(found)


def meco(net: Net, x: Tensor, y: Tensor, *, image: Tensor) -> float:
    """A constant channel has the eigenvalue 0, and no eigenvalue is negative."""
    net(image)
    total = 0.0
    for layer in net.layers:
        rows = layer[0].detach().flatten(1)
        rows = rows - rows.mean(1, keepdim=True)
        lengths = rows.norm(dim=1)
        if (lengths > 0).all():
            unit = rows / lengths[:, None]
            total += min(torch.linalg.eigvals(unit @ unit.T).real.tolist())
    return total


def meco_opt(net: Net, x: Tensor, y: Tensor, *, image: Tensor) -> float:
    """Of the first eight channels, or all that there are, in proportion."""
    net(image)
    total = 0.0
    for layer in net.layers:
        k = min(8, layer.shape[1])
        rows = [row - row.mean() for row in layer[0, :k].detach().flatten(1)]
        lengths = [number(row.norm()) for row in rows]
        if min(lengths) > 0:
            pairs = [
                [number(a @ b) / (m * n) for b, n in zip(rows, lengths, strict=True)]
                for a, m in zip(rows, lengths, strict=True)
            ]
            matrix = torch.tensor(pairs, dtype=torch.float64)
            total += layer.shape[1] / k * min(torch.linalg.eigvals(matrix).real.tolist())
    return total


def near(net: Net, x: Tensor, y: Tensor, *, start: Callable[[int], int]) -> float:
    """A map is read image by image, column by column, from the top of one of the columns."""
    net.pool = lambda x, size, stride, padding: F.avg_pool2d(  # type: ignore[method-assign]
        x, size, stride, padding, count_include_pad=False
    )
    logits = net(x)
    del net.__dict__["pool"]
    total = effective_rank(logits, line=logits.shape[1], start=start)
    for layer in net.layers:
        rows = [image[:, :, w].T for image in layer for w in range(layer.shape[3])]
        total += effective_rank(torch.cat(rows), line=layer.shape[2], start=start)
    return total


def effective_rank(rows: Tensor, *, line: int, start: Callable[[int], int]) -> float:
    n = min(rows.shape)
    first = line * start(len([i for i in range(0, len(rows), line) if i + n <= len(rows)]))
    values = torch.linalg.svd(rows[first : first + n].detach()).S.tolist()
    if sum(values) == 0:
        return 0.0
    shares = [value / sum(values) for value in values]
    return math.exp(-sum(p * math.log(p) for p in shares if p > 0))


def entropy(x: Tensor) -> float:
    rows = x.detach().permute(0, 2, 3, 1).reshape(-1, x.shape[1])
    rows = rows - rows.mean(0)
    covariance = sum(row[:, None] @ row[None] for row in rows) / len(rows)
    values = torch.linalg.eigvals(covariance).real
    return -sum(p * math.log(p + 1e-8) for p in (values / values.sum()).tolist())


def expressivity(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(entropy(one) for one in net.maps(x))


def progressivity(net: Net, x: Tensor, y: Tensor) -> float:
    found = [entropy(one) for one in net.maps(x)]
    return min(after - before for before, after in itertools.pairwise(found))


def trainability(net: Net, x: Tensor, y: Tensor, *, signs: list[Tensor]) -> float:
    maps = list(net.maps(x))
    scores = []
    for before, after, v in zip(maps, maps[1:], signs, strict=False):
        (back,) = torch.autograd.grad(after, before, v.double(), retain_graph=True)
        if torch.equal(back, v.double()):
            return math.nan  # an identity
        if before.shape[2] != after.shape[2]:
            pixels = [
                back[:, c, i::2, j::2] for c in range(back.shape[1]) for i in (0, 1) for j in (0, 1)
            ]
            back = torch.stack(pixels, dim=1)
        coupling = torch.einsum("bihw,bjhw->ij", back, v.double())
        coupling = coupling / (v.shape[0] * v.shape[2] * v.shape[3])
        s = math.sqrt(max(torch.linalg.eigvals(coupling @ coupling.T).real.tolist()))
        scores.append(-s - 1 / (s + 1e-6) + 2)
    return sum(scores) / len(scores)
