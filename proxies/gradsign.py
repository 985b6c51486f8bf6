"""GradSign: do the images' gradients point the same way?"""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import LossKernel
from proxies.registry import proxy


@proxy(larger_is_better=True, source="Zhang and Jia, GradSign, ICLR 2022, arXiv:2110.08616")
def gradsign(loss: LossKernel) -> Tensor:
    r"""Agreement of signs, :math:`\sum_k \bigl\lvert \sum_i \operatorname{sign}
    \partial L_i / \partial \theta_k \bigr\rvert`, over all parameters.

    The released code passes one image at a time, which each batch normalisation then normalises by
    itself, and counts weights of convolutions and the classifier; here every image is normalised by
    the minibatch's statistics, held constant, and biases and batch-norm parameters count too.
    """
    return torch.stack([signs.abs().sum() for signs in loss.signs]).sum()
