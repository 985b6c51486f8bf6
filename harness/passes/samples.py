"""Passes that give every image its own gradient, reduced layer by layer; no Jacobian is held.

Normalisation statistics are those of the minibatch, held constant: then no image affects another,
and one sweep from logits to images carries a cotangent of each image's logits to every layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.grad import conv2d_weight

from benchmarks.layers import AvgPool, BatchNorm, GlobalPool, ReLU
from benchmarks.network import Network
from harness.observe import Calls
from harness.passes.forward import Forward, forward
from harness.passes.inputs import Records, Run, frozen_signs
from proxies import records as r

HELD = 64
"""Cotangents, all images' together, carried through the network at once where only norms are asked
for; a constant, as rounding depends on it."""

LOGITS = 16
"""Of one image."""

PROBES = 2
"""Vectors of random signs an image: the fewest that tell their own error."""

Visit = Callable[[nn.Module, Tensor, Tensor], None]
"""Sees a layer, its input (B, ...) and K cotangents of its output for each image (K, B, ...)."""


def sweep(network: Network, called: Calls, cotangents: Tensor, first: int, visit: Visit) -> None:
    """Pull cotangents (K, B, classes) of the logits of images ``first``... through every layer."""
    k, count = cotangents.shape[:2]
    entry = network.weighted[0]

    def rule(module: nn.Module, back: Tensor) -> Tensor:
        x, y = (part.detach()[first : first + count] for part in called[module])
        each = back.reshape(k, count, *back.shape[1:])
        visit(module, x, each)
        pulled: Tensor
        if isinstance(module, nn.Linear):
            pulled = back @ module.weight
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
        elif isinstance(module, nn.Conv2d):
            pulled = _convolution_slope(module, back, x)
        else:
            raise TypeError(f"There should be a rule for {module}.")
        return pulled

    with torch.no_grad():
        network.pull(cotangents.flatten(0, 1), rule)


def _convolution_slope(layer: nn.Conv2d, back: Tensor, x: Tensor) -> Tensor:
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


Gradients = Iterator[tuple[str, Tensor]]
"""Kinds of parameters (weights, bias, scales, shifts), each with gradients (B, K, parameters)."""


def own_gradients(module: nn.Module, x: Tensor, each: Tensor) -> Gradients:
    """Yield every image's gradients of a module's parameters, for each of K cotangents."""
    if isinstance(module, nn.Linear):
        yield "weights", (each[..., None] * x[:, None]).flatten(2).transpose(0, 1)
        yield "bias", each.transpose(0, 1)
    elif isinstance(module, BatchNorm):
        scaled = (x - module.mean[:, None, None]) * module.inverse_std[:, None, None]
        yield "scales", (each * scaled).sum((3, 4)).transpose(0, 1)
        yield "shifts", each.sum((3, 4)).transpose(0, 1)
    elif isinstance(module, nn.Conv2d):
        yield "weights", convolution_gradients(module, x, each)


def convolution_gradients(layer: nn.Conv2d, x: Tensor, each: Tensor) -> Tensor:
    """Return (B, K, weights): one convolution whose groups are the images.

    Every image is a group of its own, with the K cotangents as so many times more channels.
    """
    k, count = each.shape[:2]
    stacked = each.transpose(0, 1).reshape(count, -1, *each.shape[3:])
    if layer.kernel_size == (1, 1):
        grads = torch.bmm(stacked.flatten(2), x.flatten(2).transpose(1, 2))
    else:
        shape = count * stacked.shape[1], *layer.weight.shape[1:]
        images, backs = (part.reshape(1, -1, *part.shape[2:]) for part in (x, stacked))
        grads = conv2d_weight(images, shape, backs, layer.stride, layer.padding, 1, count)  # type: ignore[no-untyped-call]
    return grads.reshape(count, k, -1)


class Norms:
    """Accumulates the squared norm of each image's gradient for each of K cotangents, (B, K)."""

    def __init__(self) -> None:
        self.squared: Tensor = torch.zeros(())

    def __call__(self, module: nn.Module, x: Tensor, each: Tensor) -> None:
        """Count one module's parameters."""
        if isinstance(module, nn.Conv2d) and 4 * each[0, 0, 0].numel() <= module.weight[0].numel():
            parts = [self._by_positions(module, x, each)]
        else:
            parts = [grads.square().sum(2) for _, grads in own_gradients(module, x, each)]
        for part in parts:
            self.squared = self.squared + part.double()

    @staticmethod
    def _by_positions(layer: nn.Conv2d, x: Tensor, each: Tensor) -> Tensor:
        r"""Return :math:`\sum_{pq} \langle x_p, x_q \rangle \langle \delta_p, \delta_q \rangle`.

        It is the squared norm of the sum over positions of the outer products of a patch and its
        cotangent, and cheap where positions are few.
        """
        size = layer.kernel_size
        patches = F.unfold(x, size, padding=size[0] // 2, stride=layer.stride)
        of_x = torch.bmm(patches.transpose(1, 2), patches)
        back = each.flatten(0, 1).flatten(2)
        of_back = torch.bmm(back.transpose(1, 2), back)
        return (of_back.reshape(*each.shape[:2], *of_x.shape[1:]) * of_x).sum((2, 3)).T


class Gram:
    """Accumulates inner products of the images' gradients, (N, N), float64, by kind."""

    def __init__(self, *, signs: bool = False) -> None:
        self.parts: dict[str, Tensor] = {}
        self.signs: list[Tensor] | None = [] if signs else None

    def __call__(self, module: nn.Module, x: Tensor, each: Tensor) -> None:
        """Count one module's parameters, for the one cotangent."""
        for kind, grads in own_gradients(module, x, each):
            rows = grads[:, 0]
            self.parts[kind] = self.parts.get(kind, 0) + (rows @ rows.T).double()
            if self.signs is not None:
                self.signs.append(rows.sign().sum(0))

    def over(self, *kinds: str) -> Tensor:
        """Return the inner products over the given kinds of parameters, all of them by default."""
        parts = [part for kind, part in self.parts.items() if not kinds or kind in kinds]
        return torch.stack(parts).sum(0)


def squared_norms(run: Run, cotangents: Tensor) -> Tensor:
    """Return the squared norm of each image's gradient for K cotangents (K, N, classes), (N, K)."""
    seen = run.made[Forward]
    columns = []
    for some in torch.split(cotangents, LOGITS):
        rows, first = [], 0
        for chunk in torch.split(some, max(1, HELD // len(some)), dim=1):
            norms = Norms()
            sweep(run.network, seen.calls, chunk, first, norms)
            rows.append(norms.squared)
            first += chunk.shape[1]
        columns.append(torch.cat(rows))
    return torch.cat(columns, dim=1)


def logits_pass(run: Run) -> Records:
    """Per-sample, per-logit gradients of every parameter, squared and summed layer by layer."""
    logits = run.made[Forward].logits
    every = torch.eye(logits.shape[1]).to(logits)[:, None].expand(-1, len(logits), -1)
    return {r.LogitJacobian: r.LogitJacobian(squared_norms(run, every))}


def loss_kernel_pass(run: Run) -> Records:
    """Each image's gradient of its own cross-entropy."""
    logits = run.made[Forward].logits.detach()
    residual = logits.softmax(1) - _true(run)
    gram = _gram(run, residual, Gram(signs=True))
    return {r.LossKernel: r.LossKernel(gram.over(), tuple(gram.signs or ()))}


def true_logit_pass(run: Run) -> Records:
    """Each image's gradient of its true class's logit."""
    gram = _gram(run, _true(run), Gram())
    return {r.TrueLogitKernel: r.TrueLogitKernel(gram.over("weights"), gram.over("bias"))}


def probes_pass(run: Run) -> Records:
    """Each image's gradient of its logits, summed with random signs."""
    logits = run.made[Forward].logits
    signs = torch.stack([frozen_signs(stream, *logits.shape) for stream in range(PROBES)])
    return {r.ProbedJacobian: r.ProbedJacobian(squared_norms(run, signs.to(logits)).T)}


def logit_sum_pass(run: Run) -> Records:
    """Each image's gradient of the sum of its logits."""
    with torch.no_grad():
        seen = forward(run)
    gram = Gram()
    sweep(run.network, seen.calls, torch.ones_like(seen.logits)[None], 0, gram)
    return {r.LogitSumKernel: r.LogitSumKernel(gram.over("weights", "scales"))}


def _true(run: Run) -> Tensor:
    logits = run.made[Forward].logits.detach()
    return F.one_hot(run.inputs.labels, logits.shape[1]).to(logits)


def _gram(run: Run, cotangents: Tensor, gram: Gram) -> Gram:
    sweep(run.network, run.made[Forward].calls, cotangents[None], 0, gram)
    return gram
