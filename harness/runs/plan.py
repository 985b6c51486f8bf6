"""What a run depends on: settings as the user gave them, and what was found in their place."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

import torch

from benchmarks.accuracy_names import AccuracyName
from benchmarks.catalogue import benchmark
from benchmarks.images import Labels, Minibatch, minibatch
from benchmarks.space import Benchmark, Dataset
from harness.runs.stored import StoredPlan

DISTRIBUTIONS = (
    "nas-proxy-harness",
    "torch",
    "numpy",
    "scipy",
    "pandas",
    "nats_bench",
    "nas-bench-201",
)


@dataclass(frozen=True)
class Plan(StoredPlan):
    """Settings of a run; together with the code they fix every number in it.

    ``stack`` candidates at most stand side by side: beyond one, numbers are fixed to rounding.
    ``intervals`` speak for what the cells were drawn from (``design``), or are ``clustered``. With
    ``atlas``, scores that come with the project are judged beside the run's. ``oneshot`` names
    predictors, each of ``supernet_seeds`` supernets that train for ``supernet_epochs``, with
    ``supernet_cells`` a stage: 0 for as many as the candidates have.
    """

    what: ClassVar = "a run"
    made_by: ClassVar = "harness run"
    several: ClassVar = ("proxy_files", "scores")

    benchmark: str
    truth: str
    dataset: str
    split: str
    epochs: int
    accuracy_seed: int | None
    images: str
    labels: Labels
    batch: int
    cells: str
    proxies: str
    seeds: int
    device: str
    shard: str
    proxy_files: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    stack: int = 1
    intervals: str = "design"
    atlas: bool = False
    oneshot: str = ""
    supernet_seeds: int = 5
    supernet_epochs: int = 40
    supernet_cells: int = 0

    @property
    def space(self) -> Benchmark:
        """The benchmark that the candidates belong to."""
        return benchmark(self.benchmark)

    @property
    def data(self) -> Dataset:
        """The dataset that the images are of."""
        return self.space.dataset(self.dataset)

    @property
    def accuracy(self) -> AccuracyName:
        """The accuracy that scores are compared with."""
        return AccuracyName(self.dataset, self.split, self.epochs, self.accuracy_seed)

    def minibatch(self) -> Minibatch:
        """Draw the run's one minibatch."""
        return minibatch(self.images, self.data, self.batch, 0, self.labels)


def identity(plan: Plan, inputs_sha256: str) -> dict[str, str]:
    """Return what every score of a run folder shares: candidates, inputs, device and PyTorch.

    Cells, proxies, seeds and truth may change from one command to the next: stored scores stay
    right, and only what is missing is computed.
    """
    return {
        "benchmark": plan.benchmark,
        "dataset": plan.dataset,
        "labels": plan.labels,
        "batch": str(plan.batch),
        "inputs": inputs_sha256,
        "space": hashlib.sha256(repr((plan.space, plan.data)).encode()).hexdigest(),
        "device": torch.device(plan.device).type,
        "torch": version("torch"),
    }


def provenance(device: str, workers: int | None = None) -> dict[str, object]:
    """Return versions, machine, date and git state: what a reader needs to run it again."""
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else platform.machine()
    working = {} if workers is None else {"workers": workers}
    return {
        "versions": {package: version(package) for package in DISTRIBUTIONS},
        "python": platform.python_version(),
        "device": name,
        "cpu": _processor(),
        "cores": os.cpu_count(),
        **working,
        "date": datetime.now(UTC).date().isoformat(),
        "git": _git_state(),
    }


def _processor() -> str:
    """Return the processor's model, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _git_state() -> str:
    """Return the commit of the checkout that holds this file; a repository around it is not one."""
    here = Path(__file__).resolve()

    def git(*words: str) -> str:
        command = ["git", *words]
        done = subprocess.run(command, cwd=here.parent, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", here.name)
        return git("describe", "--always", "--dirty")
    except (OSError, subprocess.CalledProcessError):
        return "not a git checkout"
