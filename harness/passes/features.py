"""Passes that read feature maps: how they change, vary, correlate, switch and pass gradients."""

from __future__ import annotations

from itertools import groupby

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.layers import AvgPool, BatchNorm, ReLU
from harness.observe import calls, gradients
from harness.passes.inputs import Records, Run, channels_last, frozen_normal, frozen_signs
from proxies import records as r

STEP = 0.01
"""Relative size of the perturbation of the Zen-score."""

SAMPLES = 16
"""Images whose activation patterns are read sample-wise."""

CROPS, CROP = (3, 1000), 3
"""Batches and images of a batch, (1, 3, 3) each, whose linear regions are counted."""


def perturbation_pass(run: Run) -> Records:
    """Feature maps of a Gaussian minibatch and of a slightly different one."""
    network, (x, direction) = run.network, run.inputs.gaussian
    with torch.no_grad():
        features = network.features(x)
        variances = tuple(norm.variance for norm in network.norms)
        moved = network.features(x + STEP * direction)
    change = (features - moved).abs().flatten(1).sum(1)
    return {r.Perturbation: r.Perturbation(change, variances)}


def blocks_pass(run: Run) -> Records:
    """Stem and blocks on a Gaussian minibatch, and a random cotangent through each block."""
    with torch.no_grad():
        x = run.network.stem(run.inputs.gaussian[0])
    covariances, couplings, identities = [covariance(x)], [], []
    for position, block in enumerate(run.network.body):
        x = x.detach().requires_grad_()
        y = block(x)
        signs = channels_last(frozen_signs(position, *y.shape).to(y))
        (back,) = gradients((signs * y).sum(), to=[x]) if y.requires_grad else [torch.zeros_like(x)]
        covariances.append(covariance(y.detach()))
        identities.append(back.shape == signs.shape and torch.equal(back, signs))
        into = F.pixel_unshuffle(back, x.shape[-1] // y.shape[-1])
        rows, columns = (part.transpose(0, 1).flatten(1) for part in (into, signs))
        couplings.append(rows @ columns.T / columns.shape[1])
        x = y
    return {r.Blocks: r.Blocks(tuple(covariances), tuple(couplings), tuple(identities))}


def covariance(x: Tensor) -> Tensor:
    """Return the covariance of channels over images and positions, (C, C), of (N, C, H, W)."""
    rows = x.transpose(0, 1).flatten(1)
    rows = rows - rows.mean(1, keepdim=True)
    return rows @ rows.T / rows.shape[1]


def layers_pass(run: Run) -> Records:
    """The output of every layer for one Gaussian image of 64 x 64 pixels."""
    kinds = nn.Conv2d | BatchNorm | ReLU | AvgPool | nn.AvgPool2d
    layers = [module for module in run.network.modules() if isinstance(module, kinds)]
    image = frozen_normal(1, 3, 64, 64).to(run.inputs.images)
    with calls(layers) as called, torch.no_grad():
        run.network(image)
    found = []
    for layer, (_, output) in called.items():
        correlations = torch.corrcoef(output[0].flatten(1)).nan_to_num(0.0)
        found += [correlations] * (layer.uses if isinstance(layer, ReLU | AvgPool) else 1)
    found.sort(key=len)
    stacks = [torch.stack(list(alike)) for _, alike in groupby(found, key=len)]
    return {r.LayerCorrelations: r.LayerCorrelations(tuple(stacks))}


def patterns_pass(run: Run) -> Records:
    """Which of the first images switch each ReLU on."""
    images = run.inputs.images[:SAMPLES]
    powers = 2.0 ** torch.arange(len(images), device=images.device)
    with calls(_relus(run.network)) as called, torch.no_grad():
        run.network(images)
    codes = [powers @ (output.flatten(1) > 0).to(powers) for _, output in called.values()]
    return {r.SamplePatterns: r.SamplePatterns(torch.cat(codes).long())}


def regions_pass(run: Run) -> Records:
    """Which ReLUs of the thin network each of many small crops switches on."""
    codes = []
    for images in crops(run.inputs.images):
        with calls(_relus(run.network)) as called, torch.no_grad():
            run.network(images)
        switched = torch.cat([output.flatten(1) > 0 for _, output in called.values()], dim=1)
        places = torch.arange(switched.shape[1], device=images.device)
        codes.append((switched.long() << places).sum(1))
    return {r.RegionPatterns: r.RegionPatterns(torch.cat(codes))}


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


def _relus(network: nn.Module) -> list[nn.Module]:
    return [module for module in network.modules() if isinstance(module, ReLU)]
