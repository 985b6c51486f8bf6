"""The pass that reads the output of every module as released code nests them, containers too."""

from __future__ import annotations

from itertools import groupby

import torch
from torch import Tensor

from benchmarks.layers import parted
from benchmarks.network import Network
from harness.passes.features import correlation, width
from harness.passes.hooks import calls
from harness.passes.inputs import Context, Records, frozen_normal
from proxies import records as r


def modules_pass(context: Context[Network]) -> Records:
    """The output of every module for one Gaussian image of 64 x 64 pixels."""
    network, image = context.network, frozen_normal(1, 3, 64, 64).to(context.inputs.images)
    outputs = list(network.released())
    with calls([module for module, _, _ in outputs]) as called, torch.no_grad():
        network(context.repeated(image))
    correlations: list[list[tuple[Tensor, tuple[int, int]]]] = [[] for _ in range(context.count)]
    for module, lanes, times in outputs:
        output = called[module][1][0]
        every = correlation(parted(output, len(lanes), 0).flatten(2)).cpu()
        for lane, count, matrix in zip(lanes, times, every, strict=True):
            if count:
                correlations[lane].append((matrix, (output[0].numel(), count)))
    made = []
    for own in correlations:
        alike = [list(some) for _, some in groupby(sorted(own, key=width), key=width)]
        stacks = tuple(torch.stack([matrix for matrix, _ in some]) for some in alike)
        numbers = [torch.tensor([both for _, both in some]).T for some in alike]
        positions, counts = zip(*numbers, strict=True)
        made.append(r.ModuleCorrelations(stacks, positions, counts))
    return {r.ModuleCorrelations: made}
