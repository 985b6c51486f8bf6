"""The pass that gives all weights one value and looks at how the outputs differ."""

from __future__ import annotations

import torch
from torch import Tensor

from benchmarks.network import Network
from harness.passes.inputs import Context, Records
from proxies import records as r

VALUES = (1e-7, 1.0)
"""Of all weights: epsilon rules every normalisation at the first, and none at the second."""


def constants_pass(context: Context[Network]) -> Records:
    """The first logit of every image, all weights at one value, then at the other.

    In float32 the smaller value leaves nothing of what passes several convolutions.
    """
    network, images = context.network, context.repeated(context.inputs.images)
    names = dict(network.named_parameters())
    logits: list[Tensor] = []
    for value in VALUES:
        weights = {
            name: torch.full_like(parameter, 0.0 if name.endswith("bias") else value)
            for name, parameter in names.items()
        }
        with torch.no_grad():
            put = torch.func.functional_call(network, weights, images)
        logits.append(context.split(put)[:, :, 0].cpu())
    each = torch.stack(logits, dim=1)
    return {r.ConstantOutputs: [r.ConstantOutputs(part) for part in each]}
