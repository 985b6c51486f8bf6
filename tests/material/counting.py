"""Parameters and multiply-accumulates, counted on a network's own layers."""

from __future__ import annotations

import torch

from benchmarks.network import Layered


def counted(network: Layered, pixels: int) -> tuple[int, int]:
    """Return trainable parameters, and what its convolutions and its head do to one image."""
    flops = 0

    def watch(module: torch.nn.Module, _: object, output: torch.Tensor) -> None:
        nonlocal flops
        bias = 0 if module.bias is None else output[0].numel()
        flops += module.weight[0].numel() * output[0].numel() + bias

    network.to("meta")
    for layer in network.weighted:
        layer.register_forward_hook(watch)
    network(torch.empty(1, 3, pixels, pixels, device="meta"))
    return sum(parameter.numel() for parameter in network.parameters()), flops
