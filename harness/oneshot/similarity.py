"""How alike two children's gradients of a shared convolution are, and its inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.images import Minibatch
from benchmarks.supernet import Supernet
from harness.oneshot.pairs import Pair
from harness.oneshot.samplers.predictor import Places


class Similarity(NamedTuple):
    """Cosines of two children at one convolution of one cell: of gradients, inputs and outputs."""

    name: str
    stage: int
    gradient: float
    inputs: float
    outputs: float


class LayerTensors(NamedTuple):
    """What a child's forward and backward pass leaves at a convolution."""

    gradient: Tensor
    inputs: Tensor
    outputs: Tensor


def similarities(network: Supernet, pair: Pair, batch: Minibatch) -> Iterator[Similarity]:
    r"""Yield the cosines :math:`\langle u, v \rangle / \lVert u \rVert \lVert v \rVert` of a pair.

    Gradients are of the minibatch's mean cross-entropy with respect to the convolution's weights;
    inputs are what the convolution reads, outputs what its normalisation puts out, each as one
    vector over images, channels and positions. Both children see the same minibatch, normalised by
    its own statistics. Source: Xu et al., ICML 2022, arXiv:2108.12821, who compare gradients of
    shared operators.
    """
    first, second = (_seen(network, child, pair.shared, batch) for child in pair[1:3])
    for (name, stage, *_), own in first.items():
        other = second[name, stage, *_]
        yield Similarity(name, stage, *(_cosine(u, v) for u, v in zip(own, other, strict=True)))


def _seen(
    network: Supernet, child: Places, names: tuple[str, ...], batch: Minibatch
) -> dict[tuple[str, int, int], LayerTensors]:
    """Return what a child leaves at each convolution, by name, stage and cell of the stage."""
    maps: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def keep(module: nn.Module, taken: tuple[Tensor, ...], put: Tensor) -> None:
        maps[module] = taken[0].detach(), put.detach()

    places = {
        (name, stage, cell): module
        for name in names
        if (shared := network.shared(name))
        for stage, modules in enumerate(shared.stages)
        for cell, module in enumerate(modules)
    }
    with ExitStack() as stack:
        for module in places.values():
            stack.callback(module.register_forward_hook(keep).remove)
        loss = F.cross_entropy(network.run(batch.images, child)[0], batch.labels)
    weights = [module.get_parameter("0.weight") for module in places.values()]
    gradients = torch.autograd.grad(loss, weights)
    each = zip(places.items(), gradients, strict=True)
    return {place: LayerTensors(gradient, *maps[module]) for (place, module), gradient in each}


def _cosine(u: Tensor, v: Tensor) -> float:
    """Return the cosine; NaN where a vector is zero."""
    return float(u.flatten() @ v.flatten() / (u.norm() * v.norm()))
