"""A proxy on a few small networks: what the contract's checks try."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, replace

import torch

from benchmarks.catalogue import BENCHMARKS
from benchmarks.errors import BadInput
from benchmarks.images import minibatch
from benchmarks.space import EMBEDDED, Examples
from harness.passes import Inputs
from harness.scoring.engine import records, score
from harness.scoring.inputs import frozen_inputs
from harness.scoring.networks import Networks
from harness.scoring.store import Score
from harness.scoring.tasks import Setting, Task
from proxies import Proxy


class NoScore(ValueError):
    """A score that a check asks for does not exist."""


@dataclass(frozen=True)
class Workbench:
    """Candidates of one benchmark, with images and with noise in their place."""

    setting: Setting
    noise: Setting

    @classmethod
    def embedded(cls) -> Workbench:
        """Return the workbench on the embedded benchmark."""
        space = BENCHMARKS["mini"]
        dataset = space.datasets[0]

        def seeing(images: str) -> Setting:
            inputs, _ = frozen_inputs(minibatch(images, dataset, 64, 0, "true"))
            return Setting(space, dataset, inputs, "cpu").prepared()

        return cls(seeing(EMBEDDED), seeing("noise"))

    @property
    def examples(self) -> Examples:
        """The candidates."""
        return self.setting.benchmark.examples

    @property
    def first(self) -> str:
        """One connected candidate."""
        return self.examples.connected[0]

    def drawn(self, count: int) -> list[str]:
        """Return candidates that stand for their classes, at random but the same every time."""
        space, draw, drawn = self.setting.benchmark, random.Random(0), list[str]()
        while len(drawn) < count:
            places = [draw.randrange(len(axis.choices)) for axis in space.axes]
            with suppress(BadInput):  # not every choice goes with every other
                drawn.append(space.representative(space.decode(places)))
        return drawn

    def row(
        self, proxy: Proxy, arch: str = "", *, seed: int = 0, setting: Setting | None = None
    ) -> Score:
        """Score one candidate, the first where none is named."""
        task = Task(arch or self.first, seed, (proxy,))
        return score(setting or self.setting, task)[0]

    def score(
        self, proxy: Proxy, arch: str = "", *, seed: int = 0, setting: Setting | None = None
    ) -> float:
        """Return a candidate's score.

        Raises:
            NoScore: it is undefined or failed.
        """
        row = self.row(proxy, arch, seed=seed, setting=setting)
        if row.status != "ok":
            raise NoScore(f"`{row.subject}` is {row.status} ({row.reason})")
        return row.score

    def in_precision(self, proxy: Proxy, dtype: torch.dtype, device: str = "cpu") -> float:
        """Return the first candidate's score computed in ``dtype`` on a device."""
        images, labels, gaussian = replace(self.setting, device=device).prepared().inputs
        inputs = Inputs(images.to(dtype), labels, gaussian.to(dtype))
        space, dataset = self.setting.benchmark, self.setting.dataset
        networks = Networks(space, dataset, [self.first], [0], device, dtype)
        made = records(networks, inputs, frozenset(proxy.records))
        return float(proxy(*(made[record][0] for record in proxy.records)))

    def turned(self) -> Setting:
        """Return the setting with its images in another order."""
        images, labels, gaussian = self.setting.inputs
        order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
        inputs = Inputs(images[order], labels[order], gaussian[:, order])
        return replace(self.setting, inputs=inputs).prepared()
