"""The pass that measures how far some images lie apart, in all ReLUs and before the classifier."""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.errors import Undefined
from benchmarks.layers import ReLU
from benchmarks.network import Network
from harness.passes.hooks import Calls, calls
from harness.passes.inputs import CENTRED, Context, Records
from harness.passes.spectra import LEAST
from proxies.responses import FeatureDistances

IMAGES = 3
"""How many images of the minibatch are compared."""


def distances_pass(context: Context[Network]) -> Records:
    """Squared distances of some images, each run as a minibatch of its own.

    Raises:
        Undefined: what comes to the classifier does not depend on the image.
    """
    network = context.network
    if network.centred:
        raise Undefined(CENTRED)
    runs: list[Calls] = []
    for image in torch.split(context.inputs.images[:IMAGES], 1):
        with calls(network.layers) as called, torch.no_grad():
            network(context.repeated(image))
        runs.append(called)
    between = torch.zeros(context.count, len(runs), len(runs), dtype=torch.float64)
    for layer in runs[0]:
        if isinstance(layer, ReLU):
            uses = torch.tensor(layer.uses)[:, None, None]
            between += uses * squared_distances(_split(context, [run[layer][1] for run in runs]))
    last = squared_distances(_split(context, [run[network.classifier][0] for run in runs]))
    each = zip(between, last, strict=True)
    return {FeatureDistances: [FeatureDistances(*part) for part in each]}


def _split(context: Context[Network], maps: list[Tensor]) -> Tensor:
    """Return maps of one image each as (count, images, units)."""
    return context.split(torch.cat(maps)).flatten(2)


def squared_distances(x: Tensor) -> Tensor:
    """Return squared distances (..., M, M) of M rows (..., M, units), each unit over its range.

    A unit whose range rounding may have made is left out.
    """
    low, high = x.amin(-2, keepdim=True), x.amax(-2, keepdim=True)
    scaled = torch.where(high - low > LEAST, (x - low) / (high - low), 0)
    gaps = scaled[..., :, None, :] - scaled[..., None, :, :]
    return gaps.square().sum(-1, dtype=torch.float64).cpu()
