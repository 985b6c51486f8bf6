"""The pass that moves one image along a circle and follows the logits, to second order."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from math import prod

import torch
from torch import Tensor, nn

from benchmarks.errors import Undefined
from benchmarks.layers import ruled
from benchmarks.network import Network
from benchmarks.normalisation import BatchNorm
from harness.passes.hooks import Calls, calls, replaced
from harness.passes.inputs import CENTRED, Context, Records, frozen_normal
from proxies.responses import OutputCurve

IMAGE = 3, 64, 64
"""Shape of the image that moves."""


def curve_pass(context: Context[Network]) -> Records:
    r"""Differentiate the forward of :math:`g(\theta) = u \cos\theta + v \sin\theta` at 0, twice.

    In float64, for where one image is seen, one ReLU that rounding switches is seen too.

    Raises:
        Undefined: the logits of one image do not depend on it.
    """
    if context.network.centred:
        raise Undefined(CENTRED)
    network = copy.deepcopy(context.network).double()
    u, v = (context.repeated(part.to(context.inputs.images.device)[None]) for part in plane())
    with torch.no_grad():
        with calls(network.layers) as seen:
            network(u)
        first = _moved(network, seen, v)
        second = _moved(network, seen, -u, first)
    ends = (context.split(moved[network.classifier][1])[:, 0].cpu() for moved in (first, second))
    return {OutputCurve: [OutputCurve(*part) for part in zip(*ends, strict=True)]}


def plane() -> Tensor:
    """Return two frozen random images, orthogonal and of norm 1, (2, 3, 64, 64)."""
    basis: Tensor = torch.linalg.qr(frozen_normal(prod(IMAGE), 2).double()).Q
    return basis.T.reshape(2, *IMAGE)


def _moved(network: Network, seen: Calls, moved: Tensor, first: Calls | None = None) -> Calls:
    """Return the derivatives of every layer's input and output; given the first, the second."""
    rules: dict[nn.Module, Callable[[Tensor], Tensor]] = {}
    for layer, (x, y) in seen.items():
        if first is not None and isinstance(layer, BatchNorm):
            rules[layer] = partial(bent, layer, x=x, y=y, first=first[layer][0])
        else:
            rules[layer] = partial(ruled(layer).carried, x=x, y=y)
    with replaced(rules), calls(seen) as derivatives:
        network(moved)
    return derivatives


def bent(norm: BatchNorm, moved: Tensor, *, x: Tensor, y: Tensor, first: Tensor) -> Tensor:
    r"""Return the second derivative of what a normalisation puts out, :math:`\ddot y`.

    With :math:`\hat x = (x - \mu) / \sigma`, means over positions in brackets and
    :math:`\rho = \langle \hat x \dot x \rangle / \sigma` it is what the derivative makes of
    :math:`\ddot x`, less :math:`\gamma (2 \rho \dot{\hat x}
    + \hat x \langle \dot{\hat x} \dot x \rangle / \sigma)`.
    """
    inverse, gamma = norm.inverse_std[:, None, None], norm.weight[:, None, None]
    flat = (x - norm.mean[:, None, None]) * inverse
    rho = _mean(flat * first) * inverse
    turned = (first - _mean(first)) * inverse - flat * rho
    curved = 2 * rho * turned + flat * _mean(turned * first) * inverse
    return norm.tangent(moved, x, y) - gamma * curved


def _mean(x: Tensor) -> Tensor:
    return x.mean((0, 2, 3), keepdim=True)
