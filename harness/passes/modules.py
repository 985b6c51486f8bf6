"""The pass that reads the output of every module as released code nests them, containers too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import torch
from torch import Tensor, nn

from benchmarks.blocks import CellModule, Downsample
from benchmarks.layers import AvgPool, BatchNorm, Convolution, Members, ReLU, parted
from benchmarks.network import Network
from harness.observe import calls
from harness.passes.features import correlation
from harness.passes.inputs import Records, Run, frozen_normal
from proxies import records as r

Outputs = Iterator[tuple[nn.Module, Members, tuple[int, ...]]]
"""A module, the networks that have it, and how many released modules put out what it does."""


def modules_pass(run: Run) -> Records:
    """The output of every module for one Gaussian image of 64 x 64 pixels."""
    network: Network = run.network
    image = frozen_normal(1, 3, 64, 64).to(run.inputs.images)
    outputs = list(released(network))
    with calls([module for module, _, _ in outputs]) as called, torch.no_grad():
        network(run.beside(image))
    found: list[list[tuple[Tensor, int]]] = [[] for _ in range(run.count)]
    for module, members, times in outputs:
        every = correlation(parted(called[module][1][0], len(members), 0).flatten(2)).cpu()
        for member, count, one in zip(members, times, every, strict=True):
            if count:
                found[member].append((one, count))
    made = []
    for own in found:
        alike = [list(some) for _, some in groupby(sorted(own, key=_width), key=_width)]
        stacks = tuple(torch.stack([one for one, _ in some]) for some in alike)
        counts = tuple(torch.tensor([count for _, count in some]) for some in alike)
        made.append(r.ModuleCorrelations(stacks, counts))
    return {r.ModuleCorrelations: made}


def _width(entry: tuple[Tensor, int]) -> int:
    return len(entry[0])


def released(network: Network) -> Outputs:
    """Yield what puts out a feature map, and how many modules do in the topology space's release.

    A convolution on an edge is ReLU, convolution and normalisation, in a sequence, in a module: the
    normalised map counts three times. A pooling stands in a module, a skip is one, stem and head
    are sequences, the stem's in a module, and the cells of a stage are a sequence, which puts out
    what the last of them does. What comes after the last ReLU has one position and no correlation.
    """
    every = tuple(range(network.count))

    def all_of(sequence: nn.Module, *counts: int) -> Outputs:
        for module, count in zip(sequence.children(), counts, strict=True):
            yield module, every, (count,) * network.count

    yield from all_of(network.stem, 1, 3)
    following = [*list(network.body)[1:], None]
    for block, after in zip(network.body, following, strict=True):
        if isinstance(block, Downsample):
            yield from all_of(block.first, 1, 1, 3)
            yield from all_of(block.second, 1, 1, 3)
            yield from all_of(block.shortcut, 1, 2)
            yield block, every, (1,) * network.count
        elif isinstance(block, CellModule):
            yield from _of_cell(block)
            yield block, every, (1 if isinstance(after, CellModule) else 2,) * network.count
    yield from all_of(network.last, 1, 2)


def _of_cell(cell: CellModule) -> Outputs:
    every = tuple(range(cell.count))
    for head in cell.heads.values():
        if isinstance(head, ReLU | AvgPool):
            once = 2 if isinstance(head, AvgPool) else 1
            yield head, every, tuple(once * used for used in head.uses)
    for name, _, members in ((edge.tail, edge.head, edge.members) for edge in cell.wiring):
        layers = list(cell.edges[name].modules())
        for layer in layers:
            if isinstance(layer, Convolution):
                yield layer, members, (1,) * len(members)
            elif isinstance(layer, BatchNorm):
                yield layer, members, (3,) * len(members)
            elif isinstance(layer, nn.Identity) and name.endswith("skip_connect"):
                yield layer, members, (1,) * len(members)
