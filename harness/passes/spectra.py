"""The pass that looks at one image's maps: how nearly the channels of a layer are collinear."""

from __future__ import annotations

from itertools import groupby

import torch
from torch import Tensor

from benchmarks.layers import parted
from benchmarks.network import Network
from harness.passes.hooks import calls
from harness.passes.inputs import Context, Records
from proxies.responses import LayerProducts

LEAST = 1e-4
"""What rounding may make of a normalised map of zeros: no value of it is larger."""


def spectra_pass(context: Context[Network]) -> Records:
    """The output of every layer for the first image, which normalises itself."""
    network = context.network
    with calls(network.layers) as called, torch.no_grad():
        network(context.repeated(context.inputs.images[:1]))
    of_network: list[list[Tensor]] = [[] for _ in range(context.count)]
    for layer, (_, output) in called.items():
        if output.ndim < 4:
            continue
        lanes = getattr(layer, "lanes", range(context.count))
        uses = getattr(layer, "uses", [1] * len(lanes))
        rows = parted(output[0], len(lanes), 0).flatten(2).double()
        there = rows.abs().amax((1, 2), keepdim=True) > LEAST
        every = products(torch.where(there, rows, 0)).cpu()
        for lane, used, part in zip(lanes, uses, every, strict=True):
            of_network[lane] += [part] * used
    made = []
    for own in of_network:
        alike = groupby(sorted(own, key=len), key=len)
        made.append(LayerProducts(tuple(torch.stack(list(some)) for _, some in alike)))
    return {LayerProducts: made}


def products(rows: Tensor) -> Tensor:
    """Return inner products of the rows of (..., C, D), of the columns where there are fewer."""
    return rows @ rows.mT if rows.shape[-2] <= rows.shape[-1] else rows.mT @ rows
