"""The contract, checked on one proxy: what held, what did not, and what to do about it."""

from __future__ import annotations

import inspect
import math
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.network import initialise
from benchmarks.space import EMBEDDED
from harness.contract.examples import (
    CELLS,
    DEAD,
    ISOMORPHIC,
    NoScore,
    evaluated,
    score_of,
    setting_of,
)
from harness.passes import POSITIONAL, Inputs
from harness.scoring.engine import score
from harness.scoring.networks import COUNTED
from harness.scoring.tasks import Setting, Task, belongs_to_cell, needs_network
from proxies import Proxy, load_all

TOLERANCE = 5e-3
SEEDS = 8


class Finding(NamedTuple):
    """One rule: whether it ``held`` (None: not checked), and a sentence."""

    held: bool | None
    said: str

    def __str__(self) -> str:
        return f"{ {True: '✓', False: '✗', None: '–'}[self.held] } {self.said}"


def validate(proxy: Proxy) -> Iterator[Finding]:
    """Yield a finding for every rule of the contract, checked on the embedded benchmark."""
    setting = setting_of(EMBEDDED)
    for check in CHECKS:
        try:
            yield check(proxy, setting)
        except NoScore as error:
            said = f"{_rule(check)}: {error}. Make it finite there, or say when it is not."
            yield Finding(False, said)
        except Exception as error:  # it is someone else's code
            yield Finding(False, f"{_rule(check)}: it raises {type(error).__name__}: {error}")


def _rule(check: Callable[[Proxy, Setting], Finding]) -> str:
    return (inspect.getdoc(check) or "").rstrip(".")


def _near(a: float, b: float, tolerance: float = TOLERANCE) -> bool:
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-9)


def documented(proxy: Proxy, setting: Setting) -> Finding:
    """It says what it is."""
    text = inspect.getdoc(proxy.function) or ""
    if len(text) > 40 and proxy.source:
        return Finding(True, "It has a docstring and a source.")
    return Finding(False, "It should say what it computes and where that is published: add both.")


def defined(proxy: Proxy, setting: Setting) -> Finding:
    """Connected cells have a score."""
    values = [score_of(proxy, setting, cell) for cell in CELLS]
    if len(set(values)) == 1:
        return Finding(False, f"All cells score {values[0]:.6g}: it tells none apart.")
    return Finding(True, "Connected cells have finite scores, and they differ.")


def repeated(proxy: Proxy, setting: Setting) -> Finding:
    """The same network scores the same again."""
    torch.manual_seed(0)
    first = score_of(proxy, setting)
    torch.manual_seed(1)
    second = score_of(proxy, setting)
    if first == second:
        return Finding(True, "It gives the same number again, whatever the global random state.")
    return Finding(
        False,
        f"It gives {first:.6g}, then {second:.6g}, for one network: draw from a generator with a "
        "fixed seed, or read the record `Draw`.",
    )


def pure(proxy: Proxy, setting: Setting) -> Finding:
    """Records are left as they were."""

    def watched(*records: tuple[object, ...]) -> Tensor:
        return proxy.function(*records)

    score_of(replace(proxy, function=watched), setting)  # as if from elsewhere: then it is watched
    return Finding(True, "It leaves its records as they were.")


def together(proxy: Proxy, setting: Setting) -> Finding:
    """Scored alone equals scored together."""
    alone = score_of(proxy, setting)
    known = [load_all()[name] for name in ("snip", "naswot", "zen", "synflow")]
    others = [one for one in known if one.name != proxy.name]
    rows = score(setting, Task(CELLS[0], 0, (*others, proxy)))
    beside = rows[-1].score
    if alone == beside:
        return Finding(True, "Alone equals together: no other proxy changes its score.")
    return Finding(False, f"It scores {alone:.6g} alone and {beside:.6g} beside others.")


def ordered(proxy: Proxy, setting: Setting) -> Finding:
    """The order of the images does not matter."""
    if set(proxy.records) & POSITIONAL:
        return Finding(None, "The order of the images may matter: its pass reads them by position.")
    images, labels, gaussian = setting.inputs
    turned = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    moved = replace(setting, inputs=Inputs(images[turned], labels[turned], gaussian[:, turned]))
    here, there = score_of(proxy, setting), score_of(proxy, moved)
    if _near(here, there):
        return Finding(True, "The order of the images does not matter.")
    return Finding(
        False,
        f"The images in another order score {there:.6g} and not {here:.6g}: reduce over images "
        "symmetrically, or say in the docstring why the order counts.",
    )


def isomorphic(proxy: Proxy, setting: Setting) -> Finding:
    """Cells that compute one function agree within the noise of initialisation."""
    if belongs_to_cell(proxy):
        return Finding(None, "It counts the cell as written, so isomorphic cells may differ.")
    (one, other) = (score(setting, Task(cell, 0, (proxy,)))[0] for cell in ISOMORPHIC)
    if one.status == other.status == "undefined":
        return Finding(None, f"Isomorphic cells are undefined alike: {proxy.undefined}.")
    drawn = [[score_of(proxy, setting, cell, s) for s in range(SEEDS)] for cell in ISOMORPHIC]
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


def precise(proxy: Proxy, setting: Setting) -> Finding:
    """float32 is enough."""
    if not needs_network(proxy) or set(proxy.records) & set(COUNTED):
        return Finding(None, "Precision is not checked: it reads counts.")
    single, double = (evaluated(proxy, setting, dtype) for dtype in (torch.float32, torch.float64))
    limit = 0.05 if proxy.family == "few-step" else TOLERANCE
    if _near(single, double, limit):
        return Finding(True, f"float32 agrees with float64 ({single:.6g}, {double:.6g}).")
    return Finding(
        False,
        f"float32 gives {single:.6g}, float64 {double:.6g}: convert to float64 before logarithms, "
        "determinants and eigenvalues.",
    )


def agnostic(proxy: Proxy, setting: Setting) -> Finding:
    """Noise has a score."""
    value = score_of(proxy, setting_of("noise"))
    return Finding(True, f"Gaussian noise in place of images has a score ({value:.6g}).")


def disconnected(proxy: Proxy, setting: Setting) -> Finding:
    """A disconnected cell has a score, or a reason."""
    (row,) = score(setting, Task(setting.benchmark.representative(DEAD), 0, (proxy,)))
    if row.status == "ok":
        return Finding(True, f"A disconnected cell scores {row.score:.6g}: is that its worst?")
    if row.status == "undefined" and proxy.undefined:
        return Finding(True, f"A disconnected cell is undefined: {proxy.undefined}.")
    return Finding(
        False,
        f"A disconnected cell is {row.status} ({row.reason}): return NaN there and say when in "
        '`undefined="..."`.',
    )


def device(proxy: Proxy, setting: Setting) -> Finding:
    """CPU and GPU agree."""
    if not torch.cuda.is_available():
        return Finding(None, "CPU and GPU are not compared: no GPU is usable here.")
    there = replace(setting, device="cuda:0").prepared()
    a, b = score_of(proxy, setting), score_of(proxy, there)
    if _near(a, b, 1e-2):
        return Finding(True, f"CPU and GPU agree ({a:.6g}, {b:.6g}).")
    return Finding(False, f"The CPU gives {a:.6g}, the GPU {b:.6g}: is a sum order-dependent?")


def cheap(proxy: Proxy, setting: Setting) -> Finding:
    """What it costs."""
    network = setting.benchmark.network(CELLS[:1], setting.dataset)
    initialise(network, 0)
    units = []
    for _ in range(3):
        began = time.perf_counter()
        logits = network(setting.inputs.images)
        torch.autograd.backward(F.cross_entropy(logits, setting.inputs.labels))
        units.append(time.perf_counter() - began)
    began = time.perf_counter()
    score_of(proxy, setting)
    spent = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Finding(
        True,
        f"A network costs {spent:.3f} s, {spent / min(units):.1f} plain forward-backwards; the "
        f"process has peaked at {peak:.0f} MB.",
    )


CHECKS: tuple[Callable[[Proxy, Setting], Finding], ...] = (
    documented,
    defined,
    repeated,
    pure,
    together,
    ordered,
    isomorphic,
    precise,
    agnostic,
    disconnected,
    device,
    cheap,
)
