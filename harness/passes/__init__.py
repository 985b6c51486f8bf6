"""Network x inputs -> records: each pass runs the network in one setting and yields records."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from benchmarks import spaces, thin
from benchmarks.layers import Normalisation
from benchmarks.network import Initialisation
from harness.passes import (
    constants,
    features,
    flow,
    forward,
    hessian,
    information,
    loss,
    matrices,
    modules,
    regression,
    samples,
)
from harness.passes.inputs import Inputs, Records, Run
from proxies import records as r
from proxies.registry import syntax_digest

__all__ = [
    "PASSES",
    "POSITIONAL",
    "Inputs",
    "Kind",
    "Pass",
    "Records",
    "Run",
    "closure",
    "code",
    "pass_for",
]

Kind = Literal["whole", "written", "thin"]
"""The benchmark's network of live operations, that of all that the cell's string names, or the cell
alone on one channel. A score of what is written belongs to the string and not to the function."""


@dataclass(frozen=True)
class Pass:
    """One pass: its function, the records it can yield, and the setting it runs in.

    ``needs`` are records of earlier passes on the same network that it reads.
    """

    function: Callable[[Run], Records]
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
    function: Callable[[Run], Records],
    record: type,
    *needs: type,
    batchnorm: Normalisation = "batch",
    sees: str = "minibatch",
) -> Pass:
    """Return a pass of the network as the benchmark initialises it."""
    return Pass(function, (record,), "default", batchnorm, sees, needs=needs)


SEEN, FELT, SQUARE = forward.Forward, forward.Slopes, "one gaussian 64x64"

PASSES = (
    _default(loss.weights_pass, r.Weights, batchnorm="off", sees="nothing"),
    _default(loss.halves_pass, r.HalfGradients, sees="minibatch in halves"),
    _default(flow.flow_pass, r.FlowGradients, batchnorm="off", sees="ones"),
    _default(flow.normalised_flow_pass, r.NormalisedFlowGradients, sees="ones"),
    _default(constants.constants_pass, r.ConstantOutputs),
    _default(features.layers_pass, r.LayerCorrelations, sees=SQUARE),
    _default(regression.regression_pass, r.RegressionError, sees="first 16 images"),
    _default(forward.forward_pass, SEEN),
    _default(loss.agreement_pass, r.ReluAgreement, SEEN),
    _default(matrices.matrices_pass, r.ActivationMatrices, SEEN),
    _default(loss.input_pass, r.InputJacobian, SEEN),
    _default(forward.slopes_pass, FELT, SEEN),
    _default(loss.gradients_pass, r.LossGradients, FELT),
    _default(loss.saliency_pass, r.ChannelSaliency, SEEN, FELT),
    _default(hessian.hessian_pass, r.HessianWeights, SEEN, FELT),
    _default(samples.loss_kernel_pass, r.LossKernel, SEEN, batchnorm="held"),
    _default(samples.true_logit_pass, r.TrueLogitKernel, SEEN, batchnorm="held"),
    _default(samples.probes_pass, r.ProbedJacobian, SEEN, batchnorm="held"),
    _default(samples.logits_pass, r.LogitJacobian, SEEN, batchnorm="held"),
    Pass(samples.logit_sum_pass, (r.LogitSumKernel,), "fan_out", "held", "minibatch"),
    Pass(features.perturbation_pass, (r.Perturbation,), "normal", "batch", "gaussian"),
    Pass(features.patterns_pass, (r.SamplePatterns,), "normal", "batch", "first 16 images"),
    Pass(information.information_pass, (r.FisherInformation,), "fan_in", "held", "gaussian"),
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
    }
)
"""Records whose pass halves, signs, takes some of, crops from or regresses the images by position:
with the images in another order they are others."""


def pass_for(record: type) -> Pass:
    """Return the pass that yields a record type."""
    return next(one for one in PASSES if record in one.yields)


def closure(records: Iterable[type]) -> list[Pass]:
    """Return the passes behind records and those that they need, each once, in running order."""
    waiting, found = list(records), set()
    while waiting:
        one = pass_for(waiting.pop())
        if one.name not in found:
            found.add(one.name)
            waiting += one.needs
    return [one for one in PASSES if one.name in found]


def code(one: Pass | None) -> str:
    """Digest the source behind a pass's records, or behind what needs no pass.

    It changes when any of them may have changed: the passes, the networks, and whatever of this
    project they import.
    """
    return _code(tuple(closure(one.yields)) if one else ())


@cache
def _code(behind: tuple[Pass, ...]) -> str:
    functions = [inspect.unwrap(part.function) for part in behind]
    roots = {spaces.__name__, thin.__name__, *(function.__module__ for function in functions)}
    settings = (f"{part.name} {part.initialisation} {part.kind}" for part in behind)
    return "".join([*settings, *map(_digest, sorted(imported(roots)))])


def imported(roots: Iterable[str]) -> set[str]:
    """Return modules and those of this project that they import, and so on."""
    waiting, found = list(roots), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _imports(name)
    return found


@cache
def _imports(name: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(inspect.getsource(sys.modules[name]))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            found += [name for name in names if name.startswith(OURS) and name in sys.modules]
    return [name for name in found if not hasattr(sys.modules[name], "__path__")]


OURS = ("benchmarks.", "harness.", "proxies.")


@cache
def _digest(name: str) -> str:
    return syntax_digest(inspect.getsource(sys.modules[name]))
