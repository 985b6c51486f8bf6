"""EPE-NAS: correlation of input Jacobians within each class."""

from __future__ import annotations

import torch
from torch import Tensor

from proxies.records import InputJacobian
from proxies.registry import proxy

K = 1e-5
MANY_CLASSES = 100


@proxy(
    larger_is_better=True,
    source="Lopes et al., EPE-NAS, ICANN 2021, arXiv:2102.08099",
    undefined="no class has two images, or some image's Jacobian is constant",
)
def epe_nas(inputs: InputJacobian) -> Tensor:
    r"""Intra-class correlation of Jacobians, :math:`\sum_c |e_c|`.

    :math:`e_c = \sum_{ij} \log(|\Sigma_{c,ij}| + k)`, with :math:`\Sigma_c` the correlation matrix
    of the Jacobians of class c in the minibatch and :math:`k = 10^{-5}`. Beyond 100 classes each
    :math:`e_c` is divided by its number of images, and the score is
    :math:`\sum_{c, c'} |e_c - e_{c'}|` over the number of classes. Classes of one image have no
    correlation and are left out; in the released code each adds :math:`10^{-5}`, nearly nothing. It
    sees 256 images: with many classes, take more than two images a class. The formula for many
    classes serves ImageNet16-120 and is not on the scale of the other.
    """
    values = []
    for label in torch.unique(inputs.labels):
        rows = inputs.jacobian[inputs.labels == label].double()
        if len(rows) > 1:
            value = (torch.corrcoef(rows).abs() + K).log().sum()
            values.append(value / len(rows) if inputs.classes > MANY_CLASSES else value)
    if not values:
        return torch.tensor(torch.nan)
    e = torch.stack(values)
    if inputs.classes <= MANY_CLASSES:
        return e.abs().sum()
    return (e[:, None] - e).abs().sum() / len(e)
