"""Network x inputs -> records: each pass runs the network in one setting and yields records."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Literal

from benchmarks import cell, counts, thin
from benchmarks import network as whole
from benchmarks.network import Initialisation, Normalisation
from harness import observe
from harness.passes import features, flow, inputs, loss, regression, samples
from harness.passes.inputs import Inputs, Records
from proxies import records as r
from proxies.registry import syntax_digest

__all__ = ["PASSES", "POSITIONAL", "Inputs", "Kind", "Pass", "Records", "code", "pass_for"]

Kind = Literal["whole", "thin"]
"""The benchmark's network, or the cell alone on one channel."""


@dataclass(frozen=True)
class Pass:
    """One pass: its function, the records it can yield, and the setting it runs in.

    The function takes the network, the inputs and the set of wanted record types.
    """

    function: Callable[[Any, Inputs, frozenset[type]], Records]
    yields: tuple[type, ...]
    initialisation: Initialisation
    batchnorm: Normalisation
    sees: str
    kind: Kind = "whole"

    @property
    def name(self) -> str:
        """The function's name without its suffix, as in ``loss``."""
        return self.function.__name__.removesuffix("_pass")


PASSES = (
    Pass(loss.weights_pass, (r.Weights,), "default", "off", "nothing"),
    Pass(
        loss.loss_pass,
        (r.LossGradients, r.ChannelSaliency, r.ReluAgreement, r.InputJacobian),
        "default",
        "batch",
        "minibatch",
    ),
    Pass(loss.halves_pass, (r.HalfGradients,), "default", "batch", "minibatch in halves"),
    Pass(loss.hessian_pass, (r.HessianGradient,), "default", "batch", "minibatch"),
    Pass(flow.flow_pass, (r.FlowGradients,), "default", "off", "ones"),
    Pass(flow.normalised_flow_pass, (r.NormalisedFlowGradients,), "default", "batch", "ones"),
    Pass(
        samples.sample_pass,
        (r.LossKernel, r.TrueLogitKernel, r.ProbedJacobian),
        "default",
        "held",
        "minibatch",
    ),
    Pass(samples.kernel_pass, (r.LogitJacobian,), "default", "held", "minibatch"),
    Pass(samples.logit_sum_pass, (r.LogitSumKernel,), "fan_out", "held", "minibatch"),
    Pass(features.layers_pass, (r.LayerCorrelations,), "default", "batch", "one gaussian 64x64"),
    Pass(features.perturbation_pass, (r.Perturbation,), "normal", "batch", "gaussian"),
    Pass(features.patterns_pass, (r.SamplePatterns,), "normal", "batch", "first 16 images"),
    Pass(features.blocks_pass, (r.Blocks,), "fan_in", "batch", "gaussian"),
    Pass(regression.regression_pass, (r.RegressionError,), "default", "batch", "first 16 images"),
    Pass(features.regions_pass, (r.RegionPatterns,), "fan_in", "batch", "3x3 crops", "thin"),
)


POSITIONAL = frozenset(
    {
        r.HalfGradients,
        r.ProbedJacobian,
        r.SamplePatterns,
        r.RegionPatterns,
        r.Blocks,
        r.RegressionError,
    }
)
"""Records whose pass halves, signs, takes the first of, crops from or regresses the images by
position: with the images in another order they are others."""


def pass_for(record: type) -> Pass:
    """Return the pass that yields a record type."""
    return next(one for one in PASSES if record in one.yields)


COMMON: tuple[ModuleType, ...] = (inputs, observe, whole, cell, counts, thin)
"""What every record may depend on."""


@cache
def code(one: Pass | None) -> str:
    """Digest the source behind a pass's records, or behind what needs no pass.

    It changes when any of them may have changed.
    """
    modules = [*COMMON, *([inspect.getmodule(one.function)] if one else [])]
    return "".join(syntax_digest(inspect.getsource(module)) for module in modules if module)
