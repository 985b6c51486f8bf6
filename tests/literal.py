"""The networks and the proxies once more: slow, literal, float64, written from the papers.

Nothing here uses the project's networks, passes or formulas; weights come in as a plain list, in
the order of the forward pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import torch
import torch.nn.functional as F
from torch import Tensor

PATHS = (((0, 3),), ((0, 1), (1, 3)), ((0, 2), (2, 3)), ((0, 1), (1, 2), (2, 3)))


def number(scalar: Tensor) -> float:
    return float(scalar.detach())


@dataclass
class Net:
    """A literal NAS-Bench-201 network: ``ops[i, j]`` on the edge from node i to node j.

    ``norm`` is "batch" (statistics of the minibatch), "held" (those in ``statistics``, constant)
    or "off". ``tap`` sees and may replace the output of every convolution and the classifier.
    """

    ops: dict[tuple[int, int], str]
    weights: list[Tensor]
    bias: Tensor
    scales: list[Tensor]
    shifts: list[Tensor]
    cells: int
    norm: str = "batch"
    statistics: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    relu_inputs: list[Tensor] = field(default_factory=list)
    tap: Callable[[int, Tensor], Tensor] = lambda i, a: a

    def live(self, edge: tuple[int, int]) -> bool:
        return any(edge in p and all(self.ops[e] != "none" for e in p) for p in PATHS)

    def relu(self, x: Tensor) -> Tensor:
        self.relu_inputs.append(x)
        return x.clamp(min=0)

    def conv(self, x: Tensor, stride: int = 1) -> Tensor:
        i = next(self._weight)
        w = self.weights[i]
        return self.tap(i, F.conv2d(x, w, stride=stride, padding=w.shape[-1] // 2))

    def bn(self, x: Tensor) -> Tensor:
        i = next(self._norm)
        if self.norm == "off":
            return x
        if self.norm == "held":
            mean, var = self.statistics[i]
        else:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            self.statistics.append((mean, var))
        flat = (x - mean[:, None, None]) / (var[:, None, None] + 1e-5).sqrt()
        return flat * self.scales[i][:, None, None] + self.shifts[i][:, None, None]

    def cell(self, x: Tensor) -> Tensor:
        nodes = [x, torch.zeros_like(x), torch.zeros_like(x), torch.zeros_like(x)]
        for edge in ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)):
            source, target = edge
            op = self.ops[edge]
            if not self.live(edge):
                continue
            if op == "skip_connect":
                put = nodes[source]
            elif op == "avg_pool_3x3":
                put = F.avg_pool2d(nodes[source], 3, 1, 1, count_include_pad=False)
            else:
                put = self.bn(self.conv(self.relu(nodes[source])))
            nodes[target] = nodes[target] + put
        return nodes[3]

    def features(self, x: Tensor) -> Tensor:
        self._weight, self._norm = count(), count()
        if self.norm == "batch":
            self.statistics = []
        self.relu_inputs = []
        x = self.bn(self.conv(x))
        for stage in range(3):
            if stage:
                left = self.bn(self.conv(self.relu(x), stride=2))
                left = self.bn(self.conv(self.relu(left)))
                x = left + self.conv(F.avg_pool2d(x, 2))
            for _ in range(self.cells):
                x = self.cell(x)
        return self.relu(self.bn(x))

    def __call__(self, x: Tensor) -> Tensor:
        pooled = self.features(x).mean((2, 3))
        i = next(self._weight)
        return self.tap(i, pooled @ self.weights[i].T + self.bias)

    @property
    def parameters(self) -> list[Tensor]:
        return [*self.weights, self.bias, *self.scales, *self.shifts]


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    chosen = logits.gather(1, labels[:, None])[:, 0]
    return (logits.exp().sum(1).log() - chosen).mean()


def weight_gradients(net: Net, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
    loss = cross_entropy(net(x), y)
    return torch.autograd.grad(loss, net.weights, allow_unused=True, materialize_grads=True)


def l2_norm(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(number((w**2).sum() ** 0.5) for w in net.weights)


def grad_norm(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(number((g**2).sum() ** 0.5) for g in weight_gradients(net, x, y))


def snip(net: Net, x: Tensor, y: Tensor) -> float:
    """Gradient of the loss with respect to a mask of ones on each weight (eq. 6 of the paper)."""
    originals = net.weights
    masks = [torch.ones_like(w, requires_grad=True) for w in originals]
    net.weights = [c * w for c, w in zip(masks, originals, strict=True)]
    loss = cross_entropy(net(x), y)
    net.weights = originals
    found = torch.autograd.grad(loss, masks, allow_unused=True, materialize_grads=True)
    return sum(number(g.abs().sum()) for g in found)


def plain(net: Net, x: Tensor, y: Tensor) -> float:
    pairs = zip(weight_gradients(net, x, y), net.weights, strict=True)
    return sum(number((g * w).sum()) for g, w in pairs)


def grasp(net: Net, x: Tensor, y: Tensor) -> float:
    """-w . Hg, with Hg the central difference of the gradient along itself."""
    originals, step = net.weights, 1e-9
    gradient = weight_gradients(net, x, y)
    scale = max(1.0, max(number(g.abs().max()) for g in gradient))
    shifted = []
    for sign in (1, -1):
        net.weights = [
            (w + sign * step / scale * g).detach().requires_grad_()
            for w, g in zip(originals, gradient, strict=True)
        ]
        shifted.append(weight_gradients(net, x, y))
    net.weights = originals
    return -sum(
        number((w.detach() * (up - down)).sum()) * scale / (2 * step)
        for w, up, down in zip(originals, *shifted, strict=True)
    )


def fisher(net: Net, x: Tensor, y: Tensor) -> float:
    """Channel gates z = 1 for each image; 1/2 mean of (dL/dz)^2, once for each weight behind it."""
    gates: dict[int, Tensor] = {}

    def gate(i: int, a: Tensor) -> Tensor:
        gates[i] = torch.ones(a.shape[:2], dtype=a.dtype, requires_grad=True)
        return a * (gates[i] if a.ndim == 2 else gates[i][:, :, None, None])

    net.tap = gate
    loss = cross_entropy(net(x), y)
    net.tap = lambda i, a: a
    total = 0.0
    for i, z in gates.items():
        (dz,) = torch.autograd.grad(
            loss, z, retain_graph=True, allow_unused=True, materialize_grads=True
        )
        for channel in range(z.shape[1]):
            saliency = number((dz[:, channel] ** 2).mean()) / 2
            total += sum(saliency for _ in net.weights[i][channel].flatten())
    return total


def synflow(net: Net, x: Tensor, y: Tensor) -> float:
    originals, bias = net.weights, net.bias
    net.weights = [w.detach().abs().requires_grad_() for w in originals]
    net.bias, net.norm = bias.detach().abs(), "off"
    flow = net(torch.ones_like(x[:1])).sum()
    grads = torch.autograd.grad(flow, net.weights, allow_unused=True, materialize_grads=True)
    total = sum(number((w * g).abs().sum()) for w, g in zip(net.weights, grads, strict=True))
    net.weights, net.bias, net.norm = originals, bias, "batch"
    return total


def jacob_cov(net: Net, x: Tensor, y: Tensor) -> float:
    x = x.clone().requires_grad_()
    (jacobian,) = torch.autograd.grad(net(x).sum(), x)
    rows = [row.flatten() - row.mean() for row in jacobian]
    correlation = torch.tensor(
        [[number(a @ b / (a.norm() * b.norm())) for b in rows] for a in rows], dtype=torch.float64
    )
    values, k = torch.linalg.eigvals(correlation).real, 1e-5
    return -sum(number((v + k).log() + 1 / (v + k)) for v in values)


def naswot(net: Net, x: Tensor, y: Tensor) -> float:
    net(x)
    codes = torch.cat([a.flatten(1) > 0 for a in net.relu_inputs], dim=1)
    kernel = torch.tensor(
        [[number((a == b).sum()) for b in codes] for a in codes], dtype=torch.float64
    )
    return number(torch.linalg.eigvalsh(kernel).log().sum())


def nasi(net: Net, x: Tensor, y: Tensor) -> float:
    loss = cross_entropy(net(x), y)
    found = torch.autograd.grad(loss, net.parameters, allow_unused=True, materialize_grads=True)
    return sum(number((g**2).sum()) for g in found)


def ntk_trace(net: Net, x: Tensor, y: Tensor) -> float:
    """One backward pass for each image and logit, normalisation statistics held."""
    held(net, x)
    total = 0.0
    for image in x:
        for logit in net(image[None])[0]:
            found = torch.autograd.grad(
                logit, net.parameters, retain_graph=True, allow_unused=True, materialize_grads=True
            )
            total += sum(number((g**2).sum()) for g in found)
    net.norm = "batch"
    return total


def zen(net: Net, x: Tensor, y: Tensor, *, moved: Tensor) -> float:
    """``net`` holds N(0, 1) weights; ``x`` and ``moved`` are x and x + 0.01 x'."""
    first = net.features(x)
    scales = sum(number(var.mean().sqrt().log()) for _, var in net.statistics)
    change = (first - net.features(moved)).abs().sum((1, 2, 3)).mean()
    return number(change.log()) + scales


def held(net: Net, x: Tensor) -> None:
    """Hold the statistics of the minibatch from here on."""
    net.norm = "batch"
    net(x)
    net.norm, net.statistics = "held", [(m.detach(), v.detach()) for m, v in net.statistics]


def sample_loss_gradients(net: Net, x: Tensor, y: Tensor) -> list[Tensor]:
    """Each image alone, its own loss, one backward pass each."""
    held(net, x)
    rows = []
    for i in range(len(x)):
        loss = cross_entropy(net(x[i : i + 1]), y[i : i + 1])
        found = torch.autograd.grad(loss, net.parameters, allow_unused=True, materialize_grads=True)
        rows.append(torch.cat([g.flatten() for g in found]))
    net.norm = "batch"
    return rows


def nasi_sum(net: Net, x: Tensor, y: Tensor) -> float:
    return sum(number(g @ g) for g in sample_loss_gradients(net, x, y))


def knas(net: Net, x: Tensor, y: Tensor) -> float:
    rows = sample_loss_gradients(net, x, y)
    return sum(number(a @ b) for a in rows for b in rows) / len(rows) ** 2


def hnas_trace(net: Net, x: Tensor, y: Tensor) -> float:
    held(net, x)
    norms = []
    for image, label in zip(x, y, strict=True):
        logit = net(image[None])[0, label]
        layers = [*net.weights, net.bias]
        found = torch.autograd.grad(logit, layers, allow_unused=True, materialize_grads=True)
        norms.append(sum(number((g**2).sum()) for g in found))
    net.norm = "batch"
    return (sum(norms) / len(norms)) ** 0.5


def synflow_bn(net: Net, x: Tensor, y: Tensor) -> float:
    originals = net.weights, net.bias, net.scales, net.shifts
    net.weights = [w.detach().abs().requires_grad_() for w in net.weights]
    net.bias = net.bias.detach().abs()
    net.scales = [s.detach().abs() for s in net.scales]
    net.shifts = [s.detach().abs() for s in net.shifts]
    flow = net(torch.ones_like(x[:1])).sum()
    grads = torch.autograd.grad(flow, net.weights, allow_unused=True, materialize_grads=True)
    total = sum(number((w * g).abs().sum()) for w, g in zip(net.weights, grads, strict=True))
    net.weights, net.bias, net.scales, net.shifts = originals
    return total


def epe_nas(net: Net, x: Tensor, y: Tensor) -> float:
    x = x.clone().requires_grad_()
    (jacobian,) = torch.autograd.grad(net(x).sum(), x)
    total = 0.0
    for label in sorted(set(y.tolist())):
        rows = [
            row.flatten() - row.mean()
            for row, known in zip(jacobian, y.tolist(), strict=True)
            if known == label
        ]
        pairs = [number(a @ b / (a.norm() * b.norm())) for a in rows for b in rows]
        total += abs(sum(math.log(abs(pair) + 1e-5) for pair in pairs))
    return total
