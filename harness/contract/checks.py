"""The contract as one list of checks, which ``harness validate`` and the test suite run.

A check tries one rule on one proxy and says whether it held, and if not, what to do about it.
"""

from __future__ import annotations

import inspect
import math
import resource
import time
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.network import initialise
from harness.contract.finding import Check, Finding
from harness.contract.workbench import Workbench
from harness.passes import POSITIONAL
from harness.scoring.engine import score
from harness.scoring.networks import COUNTED
from harness.scoring.tasks import Task, belongs_to_cell, needs_network
from proxies import Proxy, load_all

TOLERANCE = 5e-3
SEEDS = 8
DRAWN = 4


def _near(a: float, b: float, tolerance: float = TOLERANCE) -> bool:
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-9)


def documented(proxy: Proxy, workbench: Workbench) -> Finding:
    """It says what it is."""
    text = inspect.getdoc(proxy.function) or ""
    ends = proxy.summary.rstrip().endswith((".", ":"))
    if len(text) > 40 and ends and proxy.source:
        return Finding(True, "It has a docstring and a source.")
    return Finding(False, "It should say what it computes and where that is published: add both.")


def defined(proxy: Proxy, workbench: Workbench) -> Finding:
    """Connected cells have a score."""
    values = [workbench.score(proxy, arch) for arch in workbench.examples.connected]
    if len(set(values)) == 1:
        return Finding(False, f"All cells score {values[0]:.6g}: it tells none apart.")
    return Finding(True, "Connected cells have finite scores, and they differ.")


def total(proxy: Proxy, workbench: Workbench) -> Finding:
    """No candidate fails."""
    drawn = workbench.drawn(DRAWN)
    for arch in drawn:
        row = workbench.row(proxy, arch)
        if row.status == "failed":
            return Finding(
                False, f"`{row.subject}` fails ({row.reason}): return NaN where there is no score."
            )
    return Finding(True, f"None of {len(drawn)} candidates that were drawn fails.")


def repeated(proxy: Proxy, workbench: Workbench) -> Finding:
    """The same network scores the same again."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        first = workbench.score(proxy)
        torch.manual_seed(1)
        before = torch.get_rng_state()
        second = workbench.score(proxy)
        drawn = not torch.equal(torch.get_rng_state(), before)
    if drawn:
        return Finding(
            False,
            "It draws from PyTorch's global random state, which others draw from too: use a "
            "generator with a fixed seed, or read the record `Draw`.",
        )
    if first == second:
        return Finding(True, "It gives the same number again, whatever the global random state.")
    return Finding(
        False,
        f"It gives {first:.6g}, then {second:.6g}, for one network: draw from a generator with a "
        "fixed seed, or read the record `Draw`.",
    )


def pure(proxy: Proxy, workbench: Workbench) -> Finding:
    """Records are left as they were."""

    def watched(*records: tuple[object, ...]) -> Tensor:
        return proxy.function(*records)

    workbench.score(replace(proxy, function=watched))  # as if from elsewhere: then it is watched
    return Finding(True, "It leaves its records as they were.")


def independent(proxy: Proxy, workbench: Workbench) -> Finding:
    """Scored alone equals scored together."""
    alone = workbench.score(proxy)
    known = [load_all()[name] for name in ("snip", "naswot", "zen", "synflow")]
    others = [other for other in known if other.name != proxy.name]
    for chosen in ((*others, proxy), (proxy, *others)):
        rows = {
            row.proxy: row for row in score(workbench.setting, Task(workbench.first, 0, chosen))
        }
        beside = rows[proxy.name].score
        if alone != beside:
            return Finding(False, f"It scores {alone:.6g} alone and {beside:.6g} beside others.")
    return Finding(True, "Alone equals together: no other proxy changes its score.")


def ordered(proxy: Proxy, workbench: Workbench) -> Finding:
    """The order of the images does not matter."""
    if set(proxy.records) & POSITIONAL:
        return Finding(None, "The order of the images may matter: its pass reads them by position.")
    here, there = workbench.score(proxy), workbench.score(proxy, setting=workbench.turned())
    if _near(here, there):
        return Finding(True, "The order of the images does not matter.")
    return Finding(
        False,
        f"The images in another order score {there:.6g} and not {here:.6g}: reduce over images "
        "symmetrically, or say in the docstring why the order counts.",
    )


def isomorphic(proxy: Proxy, workbench: Workbench) -> Finding:
    """Cells that compute one function agree within the noise of initialisation."""
    if belongs_to_cell(proxy):
        return Finding(None, "It counts the cell as written, so isomorphic cells may differ.")
    if not (pair := workbench.examples.isomorphic):
        return Finding(None, "No two candidates of this benchmark compute one function.")
    first_row, second_row = (workbench.row(proxy, arch) for arch in pair)
    if first_row.status == second_row.status == "undefined":
        return Finding(None, f"Isomorphic cells are undefined alike: {proxy.undefined}.")
    drawn = [[workbench.score(proxy, arch, seed=s) for s in range(SEEDS)] for arch in pair]
    first, second = (torch.tensor(values, dtype=torch.float64) for values in drawn)
    gap = float((first.mean() - second.mean()).abs())
    error = float(((first.var() + second.var()) / SEEDS).sqrt())
    if gap <= 4 * error + 1e-6 * abs(float(first.mean())):
        return Finding(True, f"Isomorphic cells agree within the noise of {SEEDS} initialisations.")
    return Finding(
        False,
        f"Two cells that compute one function differ by {gap:.3g}, with a standard error of "
        f"{error:.3g}: the formula reads how the cell is written.",
    )


def precise(proxy: Proxy, workbench: Workbench) -> Finding:
    """float32 is enough."""
    if not needs_network(proxy) or set(proxy.records) & set(COUNTED):
        return Finding(None, "Precision is not checked: it reads counts.")
    single, double = (
        workbench.in_precision(proxy, dtype) for dtype in (torch.float32, torch.float64)
    )
    limit = 0.05 if proxy.family == "few-step" else TOLERANCE
    if _near(single, double, limit):
        return Finding(True, f"float32 agrees with float64 ({single:.6g}, {double:.6g}).")
    return Finding(
        False,
        f"float32 gives {single:.6g}, float64 {double:.6g}: convert to float64 before logarithms, "
        "determinants and eigenvalues.",
    )


def agnostic(proxy: Proxy, workbench: Workbench) -> Finding:
    """Noise has a score."""
    value = workbench.score(proxy, setting=workbench.noise)
    return Finding(True, f"Gaussian noise in place of images has a score ({value:.6g}).")


def disconnected(proxy: Proxy, workbench: Workbench) -> Finding:
    """A disconnected cell has a score, or a reason."""
    if not (dead := workbench.examples.disconnected):
        return Finding(None, "No candidate of this benchmark is disconnected.")
    row = workbench.row(proxy, workbench.setting.benchmark.representative(dead))
    if row.status == "ok":
        return Finding(True, f"A disconnected cell scores {row.score:.6g}: is that its worst?")
    if row.status == "undefined" and proxy.undefined:
        return Finding(True, f"A disconnected cell is undefined: {proxy.undefined}.")
    return Finding(
        False,
        f"A disconnected cell is {row.status} ({row.reason}): return NaN there and say when in "
        '`undefined="..."`.',
    )


def device(proxy: Proxy, workbench: Workbench) -> Finding:
    """CPU and GPU agree.

    In float64: what rounding to float32 makes of gradients differs between any two machines.
    """
    if not torch.cuda.is_available():
        return Finding(None, "CPU and GPU are not compared: no GPU is usable here.")
    if not needs_network(proxy) or set(proxy.records) & set(COUNTED):
        return Finding(None, "CPU and GPU are not compared: it reads counts.")
    a, b = (workbench.in_precision(proxy, torch.float64, where) for where in ("cpu", "cuda:0"))
    if _near(a, b, 0.05 if proxy.family == "few-step" else 1e-6):
        return Finding(True, f"CPU and GPU agree in float64 ({a:.6g}, {b:.6g}).")
    return Finding(False, f"In float64 the CPU gives {a:.9g}, the GPU {b:.9g}: which draws differ?")


def cost(proxy: Proxy, workbench: Workbench) -> Finding:
    """What it costs."""
    setting = workbench.setting
    network = setting.benchmark.network([workbench.first], setting.dataset)
    initialise(network, 0)
    units = []
    for _ in range(3):
        began = time.perf_counter()
        logits = network(setting.inputs.images)
        torch.autograd.backward(F.cross_entropy(logits, setting.inputs.labels))
        units.append(time.perf_counter() - began)
    began = time.perf_counter()
    workbench.score(proxy)
    spent = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Finding(
        None,
        f"A network costs {spent:.3f} s, {spent / min(units):.1f} plain forward-backwards; the "
        f"process has peaked at {peak:.0f} MB.",
    )


CHECKS: tuple[Check, ...] = (
    documented,
    defined,
    total,
    repeated,
    pure,
    independent,
    ordered,
    isomorphic,
    precise,
    agnostic,
    disconnected,
    device,
    cost,
)
