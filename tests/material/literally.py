"""A proxy's literal twin, given what its pass sees besides the minibatch."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F

from benchmarks.network import Layered, Network
from harness.passes import Inputs, curve, information, regression
from harness.passes.features import STEP, crops
from harness.passes.inputs import frozen_normal, frozen_signs
from harness.passes.matrices import start
from tests import literal


def literally(name: str, net: literal.Net, seen: Inputs, made: Layered) -> float:
    """Return the twin's value; of ``made`` only the widths of its stages are read."""
    x, direction = seen.gaussian
    formula = getattr(literal, name)
    if name == "zen":
        return formula(net, x, seen.labels, moved=x + STEP * direction)
    if name in ("expressivity", "progressivity"):
        return formula(net, x, seen.labels)
    if name == "trainability":
        with torch.no_grad():
            shapes = [one.shape for one in net.maps(x)][1:]
        signs = [frozen_signs(i, *shape) for i, shape in enumerate(shapes)]
        return formula(net, x, seen.labels, signs=signs)
    if name == "ntk_trace_probe":
        signs = [frozen_signs(k, len(seen.images), len(net.bias)) for k in (0, 1)]
        return formula(net, *seen[:2], signs=signs)
    if name in ("meco", "meco_opt", "meco_released"):
        return formula(net, *seen[:2], image=frozen_normal(1, 3, 64, 64).double())
    if name == "vkdnw":
        return formula(net, x, seen.labels, most=information.TENSORS)
    if name == "dextr":
        return formula(net, *seen[:2], plane=curve.plane())
    if name == "near":
        return formula(net, *seen[:2], start=start)
    if name == "gennas":
        assert isinstance(made, Network)
        net = copy.deepcopy(net)  # the twin trains what it is given
        parts = [
            (norm.weight, norm.bias, conv.weight, conv.bias)
            for norm, conv in (stage.double() for stage in regression.head(made).stages)
        ]
        resized = F.interpolate(seen.images, (32, 32)).float()
        goals = [one.double() for one in regression.signals(resized)]
        steps = regression.STEPS
        return formula(net, *seen[:2], heads=parts, signals=goals, steps=steps)
    if name == "linear_regions":
        return formula(net, *seen[:2], crops=crops(seen.images))
    return formula(net, *seen[:2])
