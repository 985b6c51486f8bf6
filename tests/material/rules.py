"""Layers' own rules beside autograd."""

from __future__ import annotations

import torch

from benchmarks.network import Network, initialise


def pulls_as_autograd(network: Network, pixels: int) -> None:
    """Check the cotangent of three images, of networks side by side in float64."""
    initialise(network, list(range(1, network.count + 1)))
    called: dict[torch.nn.Module, tuple[torch.Tensor, torch.Tensor]] = {}
    for layer in network.layers:
        layer.register_forward_hook(lambda m, x, y: called.update({m: (x[0], y)}))
    draw = torch.Generator().manual_seed(0)
    shape = (3, 3 * network.count, pixels, pixels)
    images = torch.randn(shape, generator=draw, dtype=torch.float64, requires_grad=True)
    network(images)
    with network.normalised("held"):
        logits = network(images)
        back = torch.randn(logits.shape, generator=draw, dtype=torch.float64)
        (expected,) = torch.autograd.grad(logits, images, back)
        found = network.pull(back, lambda layer, given: layer.pull(given, *called[layer]))
    torch.testing.assert_close(found, expected)
