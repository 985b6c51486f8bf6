"""Passes that give every image its own gradient, reduced layer by layer; no Jacobian is held.

Normalisation statistics are those of the minibatch, held constant: then no image affects another,
and one backward of a sum over images carries the gradient of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.network import EPSILON, BatchNorm, Network
from harness.observe import calls, gradients
from harness.passes.inputs import Inputs, Records, frozen_signs
from proxies import records as r

CHUNK = 16
"""Images and logits whose gradients are held at once; constants, so that rounding is too."""

LOGITS = 10

PROBES = 2
"""Vectors of random signs an image: the fewest that tell their own error."""

Gradients = Iterator[tuple[str, Tensor]]
"""Kinds of parameters (weights, bias, scales, shifts), each with gradients (N, parameters)."""


class Norms:
    """Accumulates each image's squared gradient norm, (N,), float64."""

    def __init__(self) -> None:
        self.squared = torch.zeros(())

    def add(self, kind: str, grads: Tensor) -> None:
        """Count one parameter's gradients, (N, parameters)."""
        self.squared = self.squared + grads.square().sum(1).double()


class Gram:
    """Accumulates inner products of the images' gradients, (N, N), float64, by kind."""

    def __init__(self, *, signs: bool = False) -> None:
        self.parts: dict[str, Tensor] = {}
        self.signs: list[Tensor] | None = [] if signs else None

    def add(self, kind: str, grads: Tensor) -> None:
        """Count one parameter's gradients, (N, parameters)."""
        self.parts[kind] = self.parts.get(kind, 0) + (grads @ grads.T).double()
        if self.signs is not None:
            self.signs.append(grads.sign().sum(0))

    def over(self, *kinds: str) -> Tensor:
        """Return the inner products over the given kinds of parameters, all of them by default."""
        parts = [part for kind, part in self.parts.items() if not kinds or kind in kinds]
        return torch.stack(parts).sum(0)


Scalar = Callable[[Tensor], Tensor]
"""A sum over images of one function of each image's logits."""


def accumulate(
    network: Network, images: Tensor, into: Sequence[tuple[Scalar, Norms | Gram]]
) -> None:
    """Run forward once and backward once a scalar; hand each module's gradients to accumulators."""
    modules = [*network.weighted, *network.norms]
    with calls(modules) as called:
        logits = network(images)
    outputs = [output for _, output in called]
    backward = [gradients(f(logits), to=outputs, retain_graph=True) for f, _ in into]
    with torch.no_grad():
        for module, (x, _), *dys in zip(modules, called, *backward, strict=True):
            own = own_gradients(module, x)
            for dy, (_, accumulator) in zip(dys, into, strict=True):
                for kind, grads in own(dy):
                    accumulator.add(kind, grads)


def own_gradients(module: nn.Module, x: Tensor) -> Callable[[Tensor], Gradients]:
    """Return the map from dy, the gradient at a module's output, to those of its parameters.

    ``x`` is the module's input; what depends on it alone is computed once.
    """
    if isinstance(module, nn.Linear):

        def linear(dy: Tensor) -> Gradients:
            yield "weights", (dy[:, :, None] * x[:, None]).flatten(1)
            yield "bias", dy

        return linear
    if isinstance(module, nn.Conv2d):
        size, stride = module.kernel_size, module.stride
        patches = F.unfold(x, size, padding=size[0] // 2, stride=stride).transpose(1, 2)

        def convolution(dy: Tensor) -> Gradients:
            yield "weights", torch.bmm(dy.flatten(2), patches).flatten(1)

        return convolution
    assert isinstance(module, BatchNorm)
    mean, variance = module.mean[:, None, None], module.variance[:, None, None]
    scaled = (x - mean) / (variance + EPSILON).sqrt()

    def normalisation(dy: Tensor) -> Gradients:
        yield "scales", (dy * scaled).sum((2, 3))
        yield "shifts", dy.sum((2, 3))

    return normalisation


def kernel_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Per-sample, per-logit gradients of every parameter, squared and summed layer by layer."""
    with network.normalised("batch", recording=True), torch.no_grad():
        network(inputs.images)
    rows = []
    for images in torch.split(inputs.images, CHUNK):
        norms = [Norms() for _ in range(network.classifier.out_features)]
        logits = [(_logit(c), one) for c, one in enumerate(norms)]
        with network.normalised("held"):
            for first in range(0, len(logits), LOGITS):
                accumulate(network, images, logits[first : first + LOGITS])
        rows.append(torch.stack([one.squared for one in norms], dim=1))
    return {r.LogitJacobian: r.LogitJacobian(torch.cat(rows))}


def _logit(c: int) -> Scalar:
    return lambda logits: logits[:, c].sum()


def sample_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Each image's gradient of its own loss, its true class's logit, and randomly signed logits."""
    labels = inputs.labels
    loss, logit, probes = Gram(signs=True), Gram(), [Norms() for _ in range(PROBES)]
    into: list[tuple[Scalar, Norms | Gram]] = []
    if r.LossKernel in wanted:
        into.append((lambda logits: F.cross_entropy(logits, labels, reduction="sum"), loss))
    if r.TrueLogitKernel in wanted:
        into.append((lambda logits: logits.gather(1, labels[:, None]).sum(), logit))
    if r.ProbedJacobian in wanted:
        into += [(_signed(stream), probe) for stream, probe in enumerate(probes)]
    with network.normalised("held", recording=True):
        accumulate(network, inputs.images, into)
    made: Records = {}
    if r.LossKernel in wanted:
        made[r.LossKernel] = r.LossKernel(loss.over(), tuple(loss.signs or ()))
    if r.TrueLogitKernel in wanted:
        made[r.TrueLogitKernel] = r.TrueLogitKernel(logit.over("weights"), logit.over("bias"))
    if r.ProbedJacobian in wanted:
        squared = torch.stack([probe.squared for probe in probes])
        made[r.ProbedJacobian] = r.ProbedJacobian(squared)
    return made


def _signed(stream: int) -> Scalar:
    return lambda logits: (frozen_signs(stream, *logits.shape).to(logits) * logits).sum()


def logit_sum_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Each image's gradient of the sum of its logits."""
    gram = Gram()
    with network.normalised("held", recording=True):
        accumulate(network, inputs.images, [(torch.sum, gram)])
    return {r.LogitSumKernel: r.LogitSumKernel(gram.over("weights", "scales"))}
