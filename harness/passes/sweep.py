"""Cotangents of each image's logits, carried from layer to layer; no Jacobian is held.

Normalisation statistics are those of the minibatch, held constant: then no image affects another.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.layers import Layer, ruled
from benchmarks.network import Network
from harness.passes.hooks import Calls

Visit = Callable[[Layer, Tensor, Tensor], None]
"""Sees a layer, its input (B, ...) and K cotangents of its output for each image (K, B, ...)."""


def sweep(network: Network, called: Calls, cotangents: Tensor, first: int, visit: Visit) -> None:
    """Pull cotangents (K, B, count * classes) of the logits of some images through every layer.

    ``first`` is the place of the first of the B images in the minibatch.

    Raises:
        TypeError: a layer has no rule.
    """
    k, count = cotangents.shape[:2]
    entry = network.weighted[0]

    def rule(module: nn.Module, back: Tensor) -> Tensor:
        layer = ruled(module)
        x, y = (part.detach()[first : first + count] for part in called[layer])
        visit(layer, x, back.reshape(k, count, *back.shape[1:]))
        return back if layer is entry else layer.pull(back, x, y)  # nobody asks for the images'

    with torch.no_grad():
        network.pull(cotangents.flatten(0, 1), rule)
