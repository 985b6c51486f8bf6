"""The pass that reads as many positions of every layer's output as it has channels."""

from __future__ import annotations

from itertools import groupby

import torch
from torch import Tensor

from benchmarks.layers import Parametrised, ReLU, parted
from benchmarks.network import Network
from harness.passes.forward import Forward
from harness.passes.inputs import Context, Records
from proxies import records as r


def matrices_pass(context: Context[Network]) -> Records:
    """Rows of the outputs of the one forward of the minibatch."""
    matrices: list[list[Tensor]] = [[] for _ in range(context.count)]
    for layer, (_, output) in context.made[Forward].calls.items():
        if isinstance(layer, ReLU):
            lanes, uses = tuple(range(context.count)), layer.uses
        elif isinstance(layer, Parametrised):
            lanes, uses = layer.lanes, (1,) * len(layer.lanes)
        else:
            continue
        every = parted(rows(output.detach(), len(lanes)), len(lanes)).transpose(0, 1).cpu()
        for lane, used, matrix in zip(lanes, uses, every, strict=True):
            matrices[lane] += [matrix] * used
    made = []
    for own in matrices:
        alike = groupby(sorted(own, key=_shape), key=_shape)
        made.append(r.ActivationMatrices(tuple(torch.stack(list(some)) for _, some in alike)))
    return {r.ActivationMatrices: made}


def rows(output: Tensor, lanes: int) -> Tensor:
    """Return (C, lanes * C) of (N, lanes * C, H, W) or of (N, lanes * C).

    They start at the top of a column, of logits at a multiple of their number, as they do in the
    released code.
    """
    channels, positions = output.shape[1] // lanes, output[:, 0].numel()
    line = output.shape[2] if output.ndim > 2 else channels
    wanted = min(channels, positions)
    places = line * start((positions - wanted) // line + 1) + torch.arange(wanted)
    if output.ndim == 2:
        return output[places]
    height, width = output.shape[2:]
    image, column, row = places // (height * width), places // height % width, places % height
    return output[image, :, row, column]


def start(choices: int) -> int:
    """Return where to start, a number below ``choices`` that depends on nothing else."""
    return int(torch.randint(choices, (), generator=torch.Generator().manual_seed(0)))


def _shape(matrix: Tensor) -> tuple[int, ...]:
    return tuple(matrix.shape)
