"""Dextr: layers whose channels are not collinear, and an output that bends."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.registry import proxy
from proxies.responses import LayerProducts, OutputCurve


@proxy(
    larger_is_better=True,
    source="Asthana et al., Dextr, TMLR 2025, arXiv:2508.12977",
    undefined="the logits of one image do not depend on it, so their curve has no curvature",
)
def dextr(layers: LayerProducts, curve: OutputCurve) -> Tensor:
    r"""Product over sum of :math:`\log(1 + \sum_l 1/c_l)` and :math:`\log(1 + \kappa)`.

    :math:`c_l` is the condition number of a layer's output as a matrix of channels and positions,
    for one image; 1/c is 0 for a map of zeros. :math:`\kappa = \sqrt{|v|^2 |a|^2 - (v \cdot a)^2}
    / |v|^3` is the curvature of the logits' curve, with velocity :math:`v` and acceleration
    :math:`a`, as an image of Gaussian noise moves along a circle. As in the released code it is
    taken at one point of the circle. The code takes ten logits, drawn with replacement, here they
    are all; of the layers it counts the output of every module, dead ones too, which repeats maps
    and adds 1 for each vector. Where :math:`\kappa` is undefined it takes the first term alone.
    """
    inverses = [torch.linalg.eigvalsh(stack)[:, [0, -1]] for stack in layers.stacks]
    least, most = torch.cat(inverses).clamp_min(0).sqrt().unbind(1)
    v, a = (part.double() for part in curve)
    area = ((v @ v) * (a @ a) - (v @ a) ** 2).clamp_min(0).sqrt()
    conditioned = torch.where(most > 0, least / most, 0).sum().log1p()
    bent = (area / (v @ v) ** 1.5).log1p()
    return conditioned * bent / (conditioned + bent)
