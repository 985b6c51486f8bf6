"""Alignment: what children put out is pulled towards an anchor child's."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.normalisation import EPSILON
from benchmarks.splits import Split
from benchmarks.supernet import Supernet
from harness.oneshot.samplers.predictor import Places

WEIGHT = 0.5
"""Of the penalty beside the loss."""

EVERY = 10
"""Steps from one comparison of a child with the anchor to the next."""

COMPARED = 250
"""Validation images of a comparison."""


def penalty(maps: Sequence[Tensor], anchors: Sequence[Tensor]) -> Tensor:
    r"""Return how far a child's maps lie from the anchor's.

    .. math:: \frac{1}{L} \sum_l \frac{\lVert \hat h_l - \hat h_l^* \rVert_2^2}{|h_l|}

    over the :math:`L` cells, with :math:`|h_l|` entries each, and every channel normalised over the
    minibatch, :math:`\hat h = (h - \mu) / \sqrt{\sigma^2 + 10^{-5}}`. What one cell puts out is
    what the next takes in, so that inputs and outputs of the operations inside are both drawn
    together. The anchor's maps are constants. Re-implemented from the description of MAGIC-A in Xu
    et al., ICML 2022, arXiv:2108.12821. That it is the mean square, of cells, with weight .5, is
    our reading, and so is the normalisation: layers of the paper's space put out normalised
    vectors, sums at the nodes of a cell are of any size, and trainings without it diverged.

    Args:
        maps: (N, C, H, W) of each cell, on one minibatch.
        anchors: those of the anchor, on the same.
    """
    pairs = zip(maps, anchors, strict=True)
    each = [F.mse_loss(_normalised(own), _normalised(anchor)) for own, anchor in pairs]
    return torch.stack(each).mean()


def _normalised(x: Tensor) -> Tensor:
    return F.batch_norm(x, None, None, training=True, eps=EPSILON)


def better(network: Supernet, child: Places, anchor: Places, valid: Split, step: int) -> bool:
    """Whether a child beats the anchor on validation, with the weights that there are now.

    The paper replaces the anchor when a child is better; how often they are compared, and on how
    many images, is our reading: every ``EVERY`` steps, on the next ``COMPARED``.
    """
    count = max(len(valid.classes) // COMPARED, 1)
    first = step // EVERY % count * COMPARED
    seen, classes = (part[first : first + COMPARED] for part in (valid.images, valid.classes))
    with torch.no_grad():
        own, former = (network.run(seen, places)[0].argmax(1) for places in (child, anchor))
    return int((own == classes).sum()) > int((former == classes).sum())
