"""GenNAS: how well a few steps of training regress synthetic signals."""

from __future__ import annotations

from torch import Tensor

from proxies.records import RegressionError
from proxies.registry import proxy


@proxy(
    larger_is_better=False,
    source="Li et al., Generic NAS via Regression, NeurIPS 2021, arXiv:2108.01899",
    undefined="training diverged",
    family="few-step",
)
def gennas(regression: RegressionError) -> Tensor:
    r"""Regression error after 100 steps, :math:`\sum_s \alpha_s \, \mathrm{MSE}_s`.

    :math:`\alpha = (\frac14, \frac12, 1)` for the stages s. The *combo* signals, which no search
    chose: waves, random signs and the small image itself. The first 16 images of the minibatch, SGD
    with rate 0.1, momentum 0.9 and weight decay 4e-5. The released code evaluates with running
    statistics and counts a divergence as 1,000; here the minibatch normalises, as in training.
    Rounding grows with the steps: another number of threads can move a score by half a percent.
    """
    return regression.error
