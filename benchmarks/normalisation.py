"""Batch normalisation for networks side by side, with four modes and its own rules."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.layers import Gradients, Lanes, Parametrised, parted

Normalisation = Literal["batch", "held", "start", "off"]

CONSTANT: tuple[Normalisation, ...] = ("held", "start")
"""Modes whose statistics are constants, so that no image affects another."""

EPSILON = 1e-5
"""What batch normalisation adds to the variance."""


class BatchNorm(Parametrised):
    """Batch normalisation of (N, lanes * C, H, W), with affine parameters and four modes.

    ``batch``: by the mean and (biased) variance of the minibatch, kept as ``mean`` and
    ``inverse_std``, which is 1 / sqrt(variance + epsilon). ``held``: by those last kept, as
    constants, which makes every sample's output its own. ``start``: by mean 0 and variance 1, the
    running statistics before any training, as constants too. ``off``: the identity.
    """

    def __init__(self, channels: int, lanes: Lanes) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(len(lanes) * channels))
        self.bias = nn.Parameter(torch.empty(len(lanes) * channels))
        self.lanes = lanes
        self.mode: Normalisation = "batch"
        self.mean = torch.empty(0)
        self.inverse_std = torch.empty(0)
        self.growth = torch.empty(0)

    @property
    def variance(self) -> Tensor:
        """The variance of the minibatch that was last seen, (lanes * C,)."""
        return (self.inverse_std**-2 - EPSILON).clamp_min(0)

    def forward(self, x: Tensor) -> Tensor:
        if self.mode == "off":
            return x
        if self.mode == "start":
            self.mean = torch.zeros_like(self.weight)
            self.inverse_std = torch.full_like(self.weight, (1 + EPSILON) ** -0.5)
        if self.mode in CONSTANT:
            return F.batch_norm(x, self.mean, self.variance, self.weight, self.bias, eps=EPSILON)
        y: Tensor
        y, self.mean, self.inverse_std = torch.native_batch_norm(
            x, self.weight, self.bias, None, None, True, 0.0, EPSILON
        )
        return y

    def pull(self, back: Tensor, x: Tensor, y: Tensor) -> Tensor:
        self._should_be(*CONSTANT)
        return back * (self.weight * self.inverse_std)[:, None, None]

    def tangent(self, moved: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Multiply by the derivative at ``x``: a symmetric matrix, so the backward does that.

        What it sums on the way, the normalised input times the input's tangent, (lanes * C,), is
        kept as ``growth`` for :meth:`bend`.
        """
        self._should_be("batch")
        tangent: Tensor
        tangent, self.growth, _ = torch.ops.aten.native_batch_norm_backward(
            moved,
            x,
            self.weight,
            None,
            None,
            self.mean,
            self.inverse_std,
            True,
            EPSILON,
            [True, True, False],
        )
        return tangent

    def bend(self, x: Tensor, moved: Tensor, slope: Tensor, sums: tuple[Tensor, Tensor]) -> Tensor:
        r"""Return the change of the derivative at :math:`x` along :math:`\dot x`, times the slope.

        With :math:`\hat x = (x - \mu) / \sigma`, slope :math:`\delta` at the output, means over
        images and positions in brackets and
        :math:`\rho = \langle \hat x \dot x \rangle / \sigma`, it is
        :math:`-\rho \, \delta_x - \dot y \langle \hat x \delta \rangle / \sigma
        - \gamma \hat x \langle \dot{\hat x} \delta \rangle / \sigma`, where
        :math:`\delta_x = \gamma (\delta - \langle \delta \rangle
        - \hat x \langle \hat x \delta \rangle) / \sigma`.

        Args:
            x: the input.
            moved: the output's tangent, as :meth:`tangent` last gave it.
            slope: the gradient of the loss at the output.
            sums: its gradients of weight and bias.
        """
        gamma, inverse = self.weight, self.inverse_std
        count = x.numel() // x.shape[1]
        rho = self.growth / count * inverse
        scale, shift = (part / count for part in sums)
        mixed = (moved * slope).sum((0, 2, 3)) / count
        of_x = inverse**2 * (rho * gamma * scale - mixed)
        constant = rho * gamma * inverse * shift - of_x * self.mean
        of_slope, of_moved = -rho * gamma * inverse, -scale * inverse
        coefficients = constant, of_slope, of_moved, of_x
        c, p, q, u = (part[:, None, None] for part in coefficients)
        return torch.addcmul(c, slope, p).addcmul_(moved, q).addcmul_(x, u)

    def own_gradients(self, x: Tensor, each: Tensor) -> Gradients:
        scaled = (x - self.mean[:, None, None]) * self.inverse_std[:, None, None]
        for kind, grads in (("scales", each * scaled), ("shifts", each)):
            yield kind, parted(grads.sum((3, 4)), len(self.lanes), 2).transpose(0, 1)

    def _should_be(self, *modes: Normalisation) -> None:
        if self.mode not in modes:
            raise RuntimeError(
                f"This rule is for normalisation that is `{'` or `'.join(modes)}`. "
                f"The pass runs with `{self.mode}`."
            )
