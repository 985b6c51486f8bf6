"""Passes that give every image its own gradient, reduced layer by layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.network import Network
from harness.passes.forward import FanOutForward, Forward
from harness.passes.hooks import Calls
from harness.passes.inputs import Context, Records, frozen_signs
from harness.passes.reductions import Gram, Norms
from harness.passes.sweep import sweep
from proxies import records as r

HELD = {"cpu": 65_536, "cuda": 524_288}
"""Pixels of cotangents of what the body is given, all images' together, carried through the network
at once where only norms are asked for; constants, as rounding depends on them."""

LOGITS = 16
"""How many logits of an image are differentiated at once."""

PROBES = 2
"""Vectors of random signs an image: the fewest that tell their own error."""


def squared_norms(context: Context[Network], cotangents: Tensor) -> Tensor:
    """Return squared norms of each image's gradients, (count, N, K), on the CPU.

    For K cotangents (K, N, count * classes).
    """
    seen = context.made[Forward]
    columns = []
    for some in torch.split(cotangents, LOGITS):
        rows, first = [], 0
        for chunk in torch.split(
            some, images_at_once(context.network, seen.calls, len(some)), dim=1
        ):
            norms = Norms(context.count)
            sweep(context.network, seen.calls, chunk, first, norms)
            rows.append(norms.squared)
            first += chunk.shape[1]
        columns.append(torch.cat(rows))
    return torch.cat(columns, dim=1).movedim(2, 0).cpu()


def images_at_once(network: Network, called: Calls, cotangents: int) -> int:
    """Return how many images go through the network at once, with so many cotangents each."""
    inside = (module for module in network.body.modules() if module in called)
    entrance, _ = called[next(inside, network.classifier)]
    held = HELD[entrance.device.type]
    return max(1, held // (cotangents * entrance[0, 0].numel()))


def logits_pass(context: Context[Network]) -> Records:
    """Per-sample, per-logit gradients of every parameter, squared and summed layer by layer."""
    logits = context.made[Forward].logits
    every = torch.eye(logits.shape[1] // context.count).to(logits)[:, None]
    norms = squared_norms(context, every.repeat(1, len(logits), context.count))
    return {r.LogitJacobian: [r.LogitJacobian(part) for part in norms]}


def loss_kernel_pass(context: Context[Network]) -> Records:
    """Each image's gradient of its own cross-entropy."""
    logits = context.made[Forward].logits.detach()
    residual = context.split(logits).softmax(2).transpose(0, 1).flatten(1) - _true(context)
    gram = _gram(context, residual, Gram(context.count, signs=True))
    signs = context.per_network(gram.owners, gram.signs or ())
    each = zip(gram.over(), signs, strict=True)
    made = [r.LossKernel(part, tuple(part.flatten() for part in own)) for part, own in each]
    return {r.LossKernel: made}


def true_logit_pass(context: Context[Network]) -> Records:
    """Each image's gradient of its true class's logit."""
    gram = _gram(context, _true(context), Gram(context.count))
    each = zip(gram.over("weights"), gram.over("bias"), strict=True)
    return {r.TrueLogitKernel: [r.TrueLogitKernel(*part) for part in each]}


def probes_pass(context: Context[Network]) -> Records:
    """Each image's gradient of its logits, summed with random signs."""
    logits = context.made[Forward].logits
    shape = len(logits), logits.shape[1] // context.count
    signs = torch.stack([frozen_signs(stream, *shape) for stream in range(PROBES)])
    norms = squared_norms(context, signs.to(logits).repeat(1, 1, context.count))
    return {r.ProbedJacobian: [r.ProbedJacobian(part.T) for part in norms]}


def logit_sum_pass(context: Context[Network]) -> Records:
    """Each image's gradient of the sum of its logits."""
    seen = context.made[FanOutForward]
    gram = Gram(context.count)
    sweep(context.network, seen.calls, torch.ones_like(seen.logits)[None], 0, gram)
    each = gram.over("weights", "scales")
    return {r.LogitSumKernel: [r.LogitSumKernel(part) for part in each]}


def _true(context: Context[Network]) -> Tensor:
    logits = context.made[Forward].logits.detach()
    classes = logits.shape[1] // context.count
    return F.one_hot(context.inputs.labels, classes).to(logits).repeat(1, context.count)


def _gram(context: Context[Network], cotangents: Tensor, gram: Gram) -> Gram:
    sweep(context.network, context.made[Forward].calls, cotangents[None], 0, gram)
    return gram
