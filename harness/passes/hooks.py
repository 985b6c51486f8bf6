"""Watching a network run: what its modules are called with, and gradients of what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

Calls = dict[nn.Module, tuple[Tensor, Tensor]]
"""(input, output) of modules, in the order in which they ran."""


@contextmanager
def calls(modules: Iterable[nn.Module]) -> Iterator[Calls]:
    """Collect the calls of ``modules`` inside the ``with`` block."""
    recorded: Calls = {}

    def keep(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        recorded[module] = (inputs[0], output)

    handles = [module.register_forward_hook(keep) for module in modules]
    try:
        yield recorded
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def replaced(rules: Mapping[nn.Module, Callable[[Tensor], Tensor]]) -> Iterator[None]:
    """Let modules compute other functions inside the ``with`` block."""
    for module, rule in rules.items():
        module.__dict__["forward"] = rule
    try:
        yield
    finally:
        for module in rules:
            del module.__dict__["forward"]


def gradients(
    of: Tensor, *, to: list[Tensor], retain_graph: bool | None = None
) -> tuple[Tensor, ...]:
    """Return d(of)/d(to), zeros where ``of`` does not depend on an entry."""
    return torch.autograd.grad(
        of, to, retain_graph=retain_graph, allow_unused=True, materialize_grads=True
    )
