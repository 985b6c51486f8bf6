"""Network x inputs -> records: each pass runs the network in one setting and yields records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.network import Initialisation
from benchmarks.normalisation import Normalisation
from benchmarks.space import Kind
from harness.passes import (
    constants,
    curve,
    distances,
    features,
    flow,
    forward,
    hessian,
    information,
    loss,
    matrices,
    modules,
    regression,
    responses,
    samples,
    spectra,
)
from harness.passes.forward import FanOutForward, Forward, Slopes
from harness.passes.inputs import Context, Inputs, Records
from proxies import records as r
from proxies import responses as s

__all__ = [
    "PASSES",
    "POSITIONAL",
    "Context",
    "Forward",
    "Inputs",
    "Kind",
    "Pass",
    "Records",
    "Slopes",
    "pass_for",
    "passes_behind",
]


@dataclass(frozen=True)
class Pass:
    """One pass: its function, the records it can yield, and the setting it runs in.

    ``needs`` are records of earlier passes on the same network that it reads.
    """

    function: Callable[[Context[Any]], Records]
    yields: tuple[type, ...]
    initialisation: Initialisation
    batchnorm: Normalisation
    sees: str
    kind: Kind = "whole"
    needs: tuple[type, ...] = ()

    @property
    def name(self) -> str:
        """The function's name without its suffix, as in ``loss``."""
        return self.function.__name__.removesuffix("_pass")


def _default(
    function: Callable[[Context[Any]], Records],
    record: type,
    *needs: type,
    batchnorm: Normalisation = "batch",
    sees: str = "minibatch",
) -> Pass:
    """Return a pass of the network as the benchmark initialises it."""
    return Pass(function, (record,), "default", batchnorm, sees, needs=needs)


SQUARE = "one gaussian 64x64"

PASSES = (
    _default(loss.weights_pass, r.Weights, batchnorm="off", sees="nothing"),
    _default(loss.halves_pass, r.HalfGradients, sees="minibatch in halves"),
    _default(flow.flow_pass, r.FlowGradients, batchnorm="off", sees="ones"),
    _default(flow.normalised_flow_pass, r.NormalisedFlowGradients, sees="ones"),
    _default(constants.constants_pass, r.ConstantOutputs),
    _default(features.layers_pass, r.LayerCorrelations, sees=SQUARE),
    _default(regression.regression_pass, r.RegressionError, sees="first 16 images"),
    _default(responses.responses_pass, s.ResponseCorrelations),
    _default(spectra.spectra_pass, s.LayerProducts, sees="first image"),
    _default(curve.curve_pass, s.OutputCurve, sees="circle of 64x64 images"),
    _default(distances.distances_pass, s.FeatureDistances, sees="first 3 images one by one"),
    _default(forward.forward_pass, Forward),
    _default(loss.agreement_pass, r.ReluAgreement, Forward),
    _default(matrices.matrices_pass, r.ActivationMatrices, Forward),
    _default(loss.input_pass, r.InputJacobian, Forward),
    _default(forward.slopes_pass, Slopes, Forward),
    _default(loss.gradients_pass, r.LossGradients, Slopes),
    _default(loss.saliency_pass, r.ChannelSaliency, Forward, Slopes),
    _default(hessian.hessian_pass, r.HessianWeights, Forward, Slopes),
    _default(samples.loss_kernel_pass, r.LossKernel, Forward, batchnorm="held"),
    _default(samples.true_logit_pass, r.TrueLogitKernel, Forward, batchnorm="held"),
    _default(samples.probes_pass, r.ProbedJacobian, Forward, batchnorm="held"),
    _default(samples.logits_pass, r.LogitJacobian, Forward, batchnorm="held"),
    Pass(forward.fan_out_forward_pass, (FanOutForward,), "fan_out", "batch", "minibatch"),
    Pass(
        samples.logit_sum_pass,
        (r.LogitSumKernel,),
        "fan_out",
        "held",
        "minibatch",
        needs=(FanOutForward,),
    ),
    Pass(features.perturbation_pass, (r.Perturbation,), "normal", "batch", "gaussian"),
    Pass(features.patterns_pass, (r.SamplePatterns,), "normal", "batch", "first 16 images"),
    Pass(information.information_pass, (r.FisherInformation,), "fan_in", "start", "gaussian"),
    Pass(features.blocks_pass, (r.Blocks,), "fan_in", "batch", "gaussian"),
    Pass(modules.modules_pass, (r.ModuleCorrelations,), "default", "batch", SQUARE, "written"),
    Pass(features.regions_pass, (r.RegionPatterns,), "fan_in", "batch", "3x3 crops", "thin"),
)
"""In the order they run in: what shares a network stands together, what it needs before it."""


POSITIONAL = frozenset(
    {
        r.HalfGradients,
        r.ActivationMatrices,
        r.ProbedJacobian,
        r.SamplePatterns,
        r.RegionPatterns,
        r.Blocks,
        r.RegressionError,
        s.LayerProducts,
        s.FeatureDistances,
    }
)
"""Records whose pass halves, signs, takes some of, crops from or regresses the images by
position: with the images in another order they are others."""


def pass_for(record: type) -> Pass:
    """Return the pass that yields a record type."""
    return next(pass_ for pass_ in PASSES if record in pass_.yields)


def passes_behind(records: Iterable[type]) -> list[Pass]:
    """Return the passes behind records and those that they need, each once, in running order."""
    waiting, names = list(records), set()
    while waiting:
        pass_ = pass_for(waiting.pop())
        if pass_.name not in names:
            names.add(pass_.name)
            waiting += pass_.needs
    return [pass_ for pass_ in PASSES if pass_.name in names]
