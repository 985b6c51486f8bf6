"""Network x inputs -> records: each pass runs the network in one setting and yields records."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks import cell, counts
from benchmarks import network as network_module
from benchmarks.network import Initialisation, Network, Normalisation
from harness import jacobians, observe
from harness.jacobians import logit_gradient_norms, loss_gradient_norms
from harness.observe import calls, gradients
from proxies import records as r
from proxies.registry import syntax_digest

Records = dict[type, Any]

CHUNK = 16
"""Images whose per-sample gradients are formed at once; a constant, so that rounding is too."""

STEP = 0.01
"""Relative size of the perturbation of the Zen-score."""


class Inputs(NamedTuple):
    """What every candidate of a run sees: the frozen minibatch, and two frozen Gaussian ones.

    ``images`` (N, 3, H, W), ``labels`` (N,), ``gaussian`` (2, N, 3, H, W).
    """

    images: Tensor
    labels: Tensor
    gaussian: Tensor


@dataclass(frozen=True)
class Pass:
    """One pass: its function, the records it can yield, and the setting it runs in.

    The function takes the network, the inputs and the set of wanted record types.
    """

    function: Callable[[Network, Inputs, frozenset[type]], Records]
    yields: tuple[type, ...]
    initialisation: Initialisation
    batchnorm: Normalisation
    sees: str

    @property
    def name(self) -> str:
        """The function's name without its suffix, as in ``loss``."""
        return self.function.__name__.removesuffix("_pass")


def weights_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Read the weights; the network does not run."""
    return {r.Weights: r.Weights(tuple(layer.weight.detach() for layer in network.weighted))}


def loss_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """One forward, one backward of the mean cross-entropy, one of the summed logits if wanted."""
    made: Records = {}
    layers = network.weighted
    relus = [module for module in network.modules() if isinstance(module, nn.ReLU)]
    images = inputs.images.clone().requires_grad_(r.InputJacobian in wanted)
    with calls(layers) as layer_calls, calls(relus) as relu_calls:
        logits = network(images)
    if r.ReluAgreement in wanted:
        made[r.ReluAgreement] = r.ReluAgreement(agreement([x for x, _ in relu_calls]))
    if r.InputJacobian in wanted:
        (jacobian,) = gradients(logits.sum(), to=[images], retain_graph=True)
        made[r.InputJacobian] = r.InputJacobian(jacobian.flatten(1), inputs.labels, logits.shape[1])
    if not wanted & {r.LossGradients, r.ChannelSaliency}:
        return made
    weights = [layer.weight for layer in layers]
    own = {id(weight) for weight in weights}
    others = [parameter for parameter in network.parameters() if id(parameter) not in own]
    outputs = [output for _, output in layer_calls] if r.ChannelSaliency in wanted else []
    loss = F.cross_entropy(logits, inputs.labels)
    grads = gradients(loss, to=[*weights, *others, *outputs])
    made[r.LossGradients] = r.LossGradients(
        tuple(weight.detach() for weight in weights),
        grads[: len(weights)],
        grads[len(weights) : len(weights) + len(others)],
    )
    if r.ChannelSaliency in wanted:
        pairs = zip(outputs, grads[len(weights) + len(others) :], strict=True)
        made[r.ChannelSaliency] = r.ChannelSaliency(
            tuple(
                (a.detach() * da).flatten(2).sum(2) if a.ndim > 2 else a.detach() * da
                for a, da in pairs
            ),
            tuple(weight[0].numel() for weight in weights),
        )
    return made


def agreement(relu_inputs: list[Tensor]) -> Tensor:
    """Return at how many positions each two images have the same sign code x > 0, (N, N)."""
    n = len(relu_inputs[0])
    total = torch.zeros(n, n, dtype=torch.float64, device=relu_inputs[0].device)
    for x in relu_inputs:
        signs = torch.where(x.detach().flatten(1) > 0, 1.0, -1.0)
        total += (signs.shape[1] + signs @ signs.T).double() / 2
    return total


def hessian_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Hessian of the mean cross-entropy times its own gradient, by differentiating twice."""
    weights = [layer.weight for layer in network.weighted]
    loss = F.cross_entropy(network(inputs.images), inputs.labels)
    grads = gradients(loss, to=list(weights), create_graph=True)
    aligned = torch.stack([(g * g.detach()).sum() for g in grads]).sum()
    products = gradients(aligned, to=list(weights))
    detached = tuple(weight.detach() for weight in weights)
    return {r.HessianGradient: r.HessianGradient(detached, products)}


def flow_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """An all-ones image through the absolute parameters in float64, without normalisation."""
    return {r.FlowGradients: r.FlowGradients(*_flow(network, inputs, "off"))}


def normalised_flow_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """The same, with batch normalisation by the statistics of the one image."""
    made = r.NormalisedFlowGradients(*_flow(network, inputs, "batch"))
    return {r.NormalisedFlowGradients: made}


def _flow(
    network: Network, inputs: Inputs, mode: Normalisation
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    absolute = {
        name: parameter.detach().double().abs().requires_grad_()
        for name, parameter in network.named_parameters()
    }
    names = [f"{name}.weight" for name, m in network.named_modules() if m in set(network.weighted)]
    weights = [absolute[name] for name in names]
    ones = torch.ones_like(inputs.images[:1], dtype=torch.float64)
    with network.normalised(mode):
        logits = torch.func.functional_call(network, absolute, ones)
    grads = gradients(logits.sum(), to=weights)
    return tuple(weight.detach() for weight in weights), grads


def kernel_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Per-sample, per-logit gradients of every parameter, squared and summed layer by layer."""
    with network.normalised("batch", recording=True), torch.no_grad():
        network(inputs.images)
    with network.normalised("held"):
        chunks = torch.split(inputs.images, CHUNK)
        norms = torch.cat([logit_gradient_norms(network, chunk) for chunk in chunks], dim=1)
    layers, affine = norms
    return {r.LogitJacobian: r.LogitJacobian(layers + affine, layers, inputs.labels)}


def sample_loss_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Each image's own loss gradient, squared layer by layer; and their mean, squared."""
    with network.normalised("batch", recording=True), torch.no_grad():
        network(inputs.images)
    with network.normalised("held"):
        chunks = zip(*(torch.split(part, CHUNK) for part in inputs[:2]), strict=True)
        norms = torch.cat([loss_gradient_norms(network, x, y) for x, y in chunks])
        loss = F.cross_entropy(network(inputs.images), inputs.labels)
        mean = gradients(loss, to=list(network.parameters()))
    squared = torch.stack([g.double().square().sum() for g in mean]).sum()
    return {r.SampleLossGradients: r.SampleLossGradients(norms, squared)}


def perturbation_pass(network: Network, inputs: Inputs, wanted: frozenset[type]) -> Records:
    """Feature maps of a Gaussian minibatch and of a slightly different one."""
    x, direction = inputs.gaussian
    with network.normalised("batch", recording=True), torch.no_grad():
        features = network.features(x)
        variances = tuple(norm.variance for norm in network.norms)
    with torch.no_grad():
        moved = network.features(x + STEP * direction)
    change = (features - moved).abs().flatten(1).sum(1)
    return {r.Perturbation: r.Perturbation(change, variances)}


PASSES = (
    Pass(weights_pass, (r.Weights,), "default", "off", "nothing"),
    Pass(
        loss_pass,
        (r.LossGradients, r.ChannelSaliency, r.ReluAgreement, r.InputJacobian),
        "default",
        "batch",
        "minibatch",
    ),
    Pass(hessian_pass, (r.HessianGradient,), "default", "batch", "minibatch"),
    Pass(flow_pass, (r.FlowGradients,), "default", "off", "ones"),
    Pass(normalised_flow_pass, (r.NormalisedFlowGradients,), "default", "batch", "ones"),
    Pass(sample_loss_pass, (r.SampleLossGradients,), "default", "held", "minibatch"),
    Pass(kernel_pass, (r.LogitJacobian,), "default", "held", "minibatch"),
    Pass(perturbation_pass, (r.Perturbation,), "normal", "batch", "gaussian"),
)


CODE = "".join(
    syntax_digest(inspect.getsource(module))
    for module in (sys.modules[__name__], jacobians, observe, network_module, cell, counts)
)
"""Digest of the passes, networks and counts: changes when any record may have changed."""


def pass_for(record: type) -> Pass:
    """Return the pass that yields a record type."""
    return next(p for p in PASSES if record in p.yields)
