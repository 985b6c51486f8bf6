"""How networks are trained here: SGD with Nesterov momentum and a one-cycle learning rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import nn
from torch.optim import SGD
from torch.optim.lr_scheduler import OneCycleLR


@dataclass(frozen=True)
class Recipe:
    """Epochs, images of a step, largest learning rate, momentum, and weight decay."""

    epochs: int
    batch: int = 50
    rate: float = 0.05
    momentum: float = 0.9
    decay: float = 5e-4

    def optimiser(
        self, parameters: Iterable[nn.Parameter], steps: int, *, fused: bool = False
    ) -> tuple[SGD, OneCycleLR]:
        """Return what takes the steps, and the schedule of its learning rate.

        Args:
            parameters: what is trained.
            steps: how many there will be.
            fused: in one call a step, which needs every parameter's gradient from the first on.
        """
        optimiser = SGD(
            parameters,
            self.rate,
            self.momentum,
            nesterov=True,
            weight_decay=self.decay,
            fused=fused,
        )
        return optimiser, OneCycleLR(optimiser, self.rate, total_steps=steps)
