"""Passes that read feature maps: how they change, vary, correlate, switch and pass gradients."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.layers import ReLU, parted
from benchmarks.network import Layered, Network
from harness.passes.hooks import Calls, calls, gradients
from harness.passes.inputs import Context, Records, channels_last, frozen_normal, frozen_signs
from proxies import records as r

STEP = 0.01
"""Relative size of the perturbation of the Zen-score."""

SAMPLES = 16
"""Images whose activation patterns are read sample-wise."""

CROPS, CROP = (3, 1000), 3
"""Batches and images of a batch, (1, 3, 3) each, whose linear regions are counted."""


def perturbation_pass(context: Context[Network]) -> Records:
    """Feature maps of a Gaussian minibatch and of a slightly different one."""
    network, (x, direction) = context.network, context.inputs.gaussian
    with torch.no_grad():
        features = network.features(context.repeated(x))
        variances = context.per_network(network.norms, [norm.variance for norm in network.norms])
        moved = network.features(context.repeated(x + STEP * direction))
    change = context.split((features - moved).abs()).flatten(2).sum(2).cpu()
    each = zip(change, variances, strict=True)
    return {r.Perturbation: [r.Perturbation(*part) for part in each]}


def blocks_pass(context: Context[Network]) -> Records:
    """Stem and blocks on a Gaussian minibatch, and a random cotangent through each block."""
    with torch.no_grad():
        x = context.network.stem(context.repeated(context.inputs.gaussian[0]))
    covariances, couplings, identities = [covariance(context.split(x))], [], []
    for position, block in enumerate(context.network.body):
        x = x.detach().requires_grad_()
        y = block(x)
        shape = len(y), y.shape[1] // context.count, *y.shape[2:]
        signs = context.repeated(channels_last(frozen_signs(position, *shape).to(y)))
        (back,) = gradients((signs * y).sum(), to=[x]) if y.requires_grad else [torch.zeros_like(x)]
        covariances.append(covariance(context.split(y.detach())))
        identities.append(_same(context.split(back), context.split(signs)))
        into = F.pixel_unshuffle(back, x.shape[-1] // y.shape[-1])
        rows, columns = (channels(context.split(part)) for part in (into, signs))
        couplings.append((rows @ columns.mT / columns.shape[2]).cpu())
        x = y
    parts = (zip(*per_block, strict=True) for per_block in (covariances, couplings, identities))
    return {r.Blocks: [r.Blocks(*part) for part in zip(*parts, strict=True)]}


def covariance(x: Tensor) -> Tensor:
    """Return covariances of channels over images and positions of (..., N, C, H, W)."""
    rows = channels(x)
    rows = rows - rows.mean(-1, keepdim=True)
    return (rows @ rows.mT / rows.shape[-1]).cpu()


def channels(x: Tensor) -> Tensor:
    """Return (..., N, C, H, W) as (..., C, N * H * W)."""
    return x.transpose(-3, -4).flatten(-3)


def _same(a: Tensor, b: Tensor) -> list[bool]:
    """Return which networks' (count, ...) are equal."""
    if a.shape != b.shape:
        return [False] * len(a)
    same: list[bool] = (a == b).flatten(1).all(1).tolist()
    return same


def layers_pass(context: Context[Network]) -> Records:
    """The output of every layer for one Gaussian image of 64 x 64 pixels."""
    image = frozen_normal(1, 3, 64, 64).to(context.inputs.images)
    with calls(context.network.layers) as called, torch.no_grad():
        context.network(context.repeated(image))
    correlations: list[list[tuple[Tensor, int]]] = [[] for _ in range(context.count)]
    maps = {layer: output for layer, (_, output) in called.items() if output.ndim == 4}
    for layer, output in maps.items():
        lanes = getattr(layer, "lanes", range(context.count))
        uses = getattr(layer, "uses", [1] * len(lanes))
        every = correlation(parted(output[0], len(lanes), 0).flatten(2)).cpu()
        for lane, used, part in zip(lanes, uses, every, strict=True):
            correlations[lane] += [(part, output[0, 0].numel())] * used
    made = []
    for own in correlations:
        alike = [list(some) for _, some in groupby(sorted(own, key=width), key=width)]
        stacks = tuple(torch.stack([matrix for matrix, _ in some]) for some in alike)
        positions = tuple(torch.tensor([count for _, count in some]) for some in alike)
        made.append(r.LayerCorrelations(stacks, positions))
    return {r.LayerCorrelations: made}


def width(entry: tuple[Tensor, Any]) -> int:
    """Return the channels of an entry's matrix, by which matrices are stacked."""
    return len(entry[0])


def correlation(rows: Tensor) -> Tensor:
    """Return correlations of rows, (..., C, C), of (..., C, D); 0 with a row that does not vary."""
    rows = rows - rows.mean(-1, keepdim=True)
    products = rows @ rows.mT
    norms = products.diagonal(dim1=-2, dim2=-1).sqrt()
    return (products / norms[..., None] / norms[..., None, :]).clip(-1, 1).nan_to_num(0.0)


def patterns_pass(context: Context[Network]) -> Records:
    """Which of the first images switch each ReLU on."""
    images = context.inputs.images[:SAMPLES]
    powers = 2.0 ** torch.arange(len(images), device=images.device)
    with calls(_relus(context.network)) as called, torch.no_grad():
        context.network(context.repeated(images))
    codes = [[powers @ on.to(powers) for on in switched] for switched in _switched(context, called)]
    return {r.SamplePatterns: [r.SamplePatterns(torch.cat(own).long().cpu()) for own in codes]}


def regions_pass(context: Context[Layered]) -> Records:
    """Which ReLUs of the thin network each of many small crops switches on."""
    codes: list[list[Tensor]] = [[] for _ in range(context.count)]
    for images in crops(context.inputs.images):
        with calls(_relus(context.network)) as called, torch.no_grad():
            context.network(context.repeated(images))
        for own, relus in zip(codes, _switched(context, called), strict=True):
            switched = torch.cat(relus, dim=1)
            places = torch.arange(switched.shape[1], device=images.device)
            own.append((switched.long() << places).sum(1))
    return {r.RegionPatterns: [r.RegionPatterns(torch.cat(own).cpu()) for own in codes]}


def crops(images: Tensor) -> Tensor:
    """Return frozen random crops of one channel, (batches, size, 1, 3, 3), of (N, 3, H, W)."""
    generator = torch.Generator().manual_seed(0)
    n, channels, height, width = images.shape

    def drawn(end: int) -> Tensor:
        return torch.randint(end, CROPS, generator=generator).to(images.device)[..., None, None]

    image, channel, row, column = map(drawn, (n, channels, height - CROP + 1, width - CROP + 1))
    offset = torch.arange(CROP, device=images.device)
    chosen = images[image, channel, row + offset[:, None], column + offset]
    return chosen[:, :, None]


def _relus(network: Layered) -> list[ReLU]:
    return [layer for layer in network.layers if isinstance(layer, ReLU)]


def _switched(context: Context[Layered], called: Calls) -> Iterator[list[Tensor]]:
    """Yield for each network which images switch on the units of its ReLUs, (N, units) each."""
    outputs = [(module, context.split(y).flatten(2) > 0) for module, (_, y) in called.items()]
    for i in range(context.count):
        yield [on[i] for module, on in outputs if isinstance(module, ReLU) and module.uses[i]]
