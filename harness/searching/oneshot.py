"""The one-shot network of a space, and what NASI asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.catalogue import benchmark
from benchmarks.images import Labels, minibatch
from benchmarks.network import Layered, initialise
from benchmarks.second_order import second_order
from searchers import Relax, Slope


@dataclass(frozen=True)
class OneShot:
    """A relaxed network of a space on minibatches of a dataset."""

    benchmark: str
    dataset: str
    images: str
    batch: int
    labels: Labels
    dtype: torch.dtype = torch.float32

    def __call__(self, question: Relax) -> Slope:
        r"""Return the trace and its derivative by the weights.

        The trace is :math:`t = \lVert \nabla_\theta \frac1b \sum_x L_x \rVert_2^2` over all
        parameters, as that of the proxy ``nasi``. Batch normalisation uses the minibatch's
        statistics.
        """
        network = _network(self.benchmark, self.dataset, question.seed, self.dtype)
        images, labels = self.minibatch(question.minibatch)
        rows = question.weights
        weights = [torch.tensor(row, dtype=self.dtype, requires_grad=True) for row in rows]
        parameters = list(network.parameters())
        with network.normalised("batch"):
            loss = F.cross_entropy(network(images, weights), labels)
        gradients = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
        trace = torch.stack([g.square().sum() for g in gradients if g is not None]).sum()
        slopes = torch.autograd.grad(trace, weights, allow_unused=True)
        return Slope(float(trace.detach()), tuple(map(_numbers, slopes, weights)))

    def minibatch(self, number: int) -> tuple[Tensor, Tensor]:
        """Return one minibatch by its number: images and labels."""
        dataset = benchmark(self.benchmark).dataset(self.dataset)
        drawn = minibatch(self.images, dataset, self.batch, number, self.labels)
        return drawn.images.to(self.dtype), drawn.labels


def _numbers(slope: Tensor | None, weights: Tensor) -> tuple[float, ...]:
    return tuple((torch.zeros_like(weights) if slope is None else slope).tolist())


@lru_cache(maxsize=1)
def _network(name: str, dataset: str, seed: int, dtype: torch.dtype) -> Layered:
    space = benchmark(name)
    network: Layered = space.relaxed(space.dataset(dataset))
    initialise(network, seed)
    second_order(network)
    return network.to(dtype)
