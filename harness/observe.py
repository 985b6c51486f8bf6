"""Watching a network run: what its modules are called with, and gradients of what they return."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


@contextmanager
def calls(modules: list[Any]) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """Collect (input, output) of each call of ``modules``, in the order of ``modules``."""
    found: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def keep(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        found[module] = (inputs[0], output)

    handles = [module.register_forward_hook(keep) for module in modules]
    collected: list[tuple[Tensor, Tensor]] = []
    try:
        yield collected
        collected.extend(found[module] for module in modules)
    finally:
        for handle in handles:
            handle.remove()


def gradients(
    of: Tensor, *, to: list[Tensor], retain_graph: bool | None = None, create_graph: bool = False
) -> tuple[Tensor, ...]:
    """Return d(of)/d(to), zeros where ``of`` does not depend on an entry."""
    return torch.autograd.grad(
        of,
        to,
        retain_graph=retain_graph,
        create_graph=create_graph,
        allow_unused=True,
        materialize_grads=True,
    )
