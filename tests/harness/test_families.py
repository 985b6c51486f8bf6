"""Every family of networks through the engine: the contract, what it lacks, stacks."""

from __future__ import annotations

import pytest
import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.macro.space import Macro
from benchmarks.space import Benchmark, Dataset
from benchmarks.transnas.macro import MacroSkeletons
from benchmarks.transnas.space import Micro
from harness.contract.checks import CHECKS
from harness.contract.finding import Check, run_check
from harness.contract.workbench import Workbench
from harness.passes import Inputs, regression
from harness.scoring.engine import score
from harness.scoring.tasks import Setting, Task
from harness.scoring.workers import scored
from proxies import load_all
from tests.material.scored import EVERY, TOLERANCE, values


def tiny(pixels: int) -> tuple[Dataset, ...]:
    return (Dataset("tiny", 3, pixels, "test", (0.0,) * 3, (1.0,) * 3),)


# PyTorch 2.13 with oneDNN 3.12 writes past memory in the backward of a 1x1 convolution of stride 2
# in float32 with fewer than 8 channels, so no width is smaller here
SPACES: dict[str, Benchmark] = {
    "macro": Macro("tiny-macro", tiny(16), full_epochs=1, width=8, last=16),
    "micro": Micro("tiny-micro", tiny(64), full_epochs=1, width=8),
    "skeletons": MacroSkeletons("tiny-skeletons", tiny(64), full_epochs=1, width=8),
}

LACKS = {
    "macro": {
        "linear_regions": "a chain of bottlenecks has no network of one cell on one channel",
        "epsinas": "all images have one output, or outputs too small for float32: nan",
    },
    "micro": {
        "epsinas": "all images have one output, or outputs too small for float32: nan",
        "meco_released": "nobody has counted the modules",
        **dict.fromkeys(
            ("jacob_cov", "epe_nas", "synflow_bn", "dextr", "rbflex"),
            "only sums of normalised maps",
        ),
    },
}
LACKS["skeletons"] = {
    "linear_regions": "a stack of residual blocks has no network of one cell",
    **LACKS["micro"],
}
"""What is undefined on all connected candidates, and how the reason starts."""

TRIED = ("snip", "naswot", "ntk_trace", "n_layers")
"""Proxies of different passes."""


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "STEPS", 4)


def setting(space: Benchmark, seed: int = 3, n: int = 6) -> Setting:
    dataset, draw = space.datasets[0], torch.Generator().manual_seed(seed)
    images = torch.randn((n, 3, dataset.pixels, dataset.pixels), generator=draw)
    gaussian = torch.randn((2, *images.shape), generator=draw)
    inputs = Inputs(images, torch.arange(n) % dataset.classes, gaussian)
    return Setting(space, dataset, inputs, "cpu").prepared()


@pytest.mark.parametrize("family", SPACES)
def test_what_a_family_lacks_is_undefined_and_says_why(family: str) -> None:
    space, lacks = SPACES[family], LACKS[family]
    for arch in space.examples.connected:
        # of few images the matrix of vkdnw has nearly no rank
        rows = {row.proxy: row for row in score(setting(space, n=18), Task(arch, 0, EVERY))}
        assert not [row.reason for row in rows.values() if row.status == "failed"]
        undefined = {name: row.reason for name, row in rows.items() if row.status != "ok"}
        assert undefined.keys() == lacks.keys()
        assert all(undefined[name].startswith(why) for name, why in lacks.items())


def test_a_disconnected_cell_fails_nowhere() -> None:
    space = SPACES["micro"]
    dead = space.representative(str(space.examples.disconnected))
    rows = score(setting(space), Task(dead, 0, EVERY))
    assert not [row.reason for row in rows if row.status == "failed"]
    assert {row.proxy: row.score for row in rows}["live_params"] == 0


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.parametrize("check", CHECKS, ids=[check.__name__ for check in CHECKS])
@pytest.mark.parametrize("family", SPACES)
def test_the_contract_is_kept(family: str, check: Check, name: str) -> None:
    workbench = Workbench(setting(SPACES[family]), setting(SPACES[family], seed=4))
    finding = run_check(check, load_all()[name], workbench)
    assert finding.held is not False, finding.said


@pytest.mark.parametrize("family", SPACES)
def test_the_engine_gives_the_scores_of_members_alone(family: str) -> None:
    """Seeds of one candidate, and candidates of one skeleton, side by side."""
    space = SPACES[family]
    tried = tuple(load_all()[name] for name in (*TRIED, *LACKS[family]))
    tasks = [Task(arch, seed, tried) for arch in space.examples.connected[:2] for seed in (0, 1)]
    where = setting(space)
    alone, beside = (
        values([row for rows in scored(where, tasks, 1, stack) for row in rows]) for stack in (1, 4)
    )
    assert beside.keys() == alone.keys()
    for one, value in beside.items():
        assert value == pytest.approx(alone[one], rel=TOLERANCE, abs=1e-6), one


@pytest.mark.parametrize("space", BENCHMARKS.values(), ids=list(BENCHMARKS))
def test_examples_are_what_they_say(space: Benchmark) -> None:
    dataset, examples = space.datasets[0], space.examples
    for arch in examples.connected:
        assert 0 < space.live_cost(arch, dataset).params <= space.cost(arch, dataset).params
        assert space.decode(space.encode(arch)) == arch
        assert space.live_layers(arch, dataset) > space.depth(arch)
    if examples.disconnected:
        assert space.live_cost(examples.disconnected, dataset) == (0, 0)
    if examples.isomorphic:
        first, second = examples.isomorphic
        assert first != second
        assert space.representative(first) == space.representative(second)
