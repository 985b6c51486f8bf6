"""Interference in one supernet, at initialisation and after a warm-up, kept in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.files import replace
from benchmarks.images import Minibatch, minibatch
from benchmarks.processes import pool
from benchmarks.space import Benchmark
from benchmarks.supernet import Supernet
from harness.interference.pairs import pairs
from harness.interference.similarity import similarities
from harness.oneshot.predictors import PREDICTORS
from harness.oneshot.training import Course, Ground, Run, advance, begun
from harness.scoring.keys import made_by
from harness.scoring.processes import deterministic, keep_memory

WARM_UP = PREDICTORS["spos"]
"""Who trains: every child as probable as another, so that no pair is favoured."""


@dataclass(frozen=True)
class Measurement:
    """What is measured: ``count`` pairs a distance in each supernet, on ``batch`` images.

    The course's epochs are the warm-up's.
    """

    course: Course
    count: int
    batch: int
    out: Path

    @property
    def key(self) -> str:
        """Names what the numbers depend on, so that a repeated command finds them."""
        course = asdict(self.course) | {"space": repr(self.course.space)}
        return made_by([__name__], repr(course), f"{self.count} {self.batch}")

    @property
    def seen(self) -> Minibatch:
        """The minibatch that every child sees."""
        course = self.course
        return minibatch(course.images, course.dataset, self.batch, 0, "true")


def measured(what: Measurement, seeds: Sequence[int], workers: int) -> Iterator[pd.DataFrame]:
    """Yield what each supernet gives: columns as in :func:`similar`, with ``seed``, ``trained``."""
    if workers == 1:
        begin(what)
        yield from map(of_one, seeds)
        return
    with pool(min(workers, len(seeds)), begin, what) as executor:
        yield from executor.map(of_one, seeds)


_at_hand: list[tuple[Measurement, Ground, Minibatch]] = []


def begin(what: Measurement) -> None:
    """Set this process up for a measurement."""
    deterministic()
    keep_memory()
    _at_hand[:] = [(what, Ground.of(what.course), what.seen)]


def of_one(seed: int) -> pd.DataFrame:
    """Return what one supernet gives, at both times; from its file where that is there."""
    what, ground, batch = _at_hand[0]
    file = what.out / "measured" / f"{what.key}_{seed}.parquet"
    if file.exists():
        return pd.read_parquet(file)
    run = Run(WARM_UP, seed, what.key, what.out / "supernets" / f"warm_up_{seed}")
    space, epochs = what.course.space, what.course.recipe.epochs
    run.file.unlink(missing_ok=True)
    start = begun(ground, run).network
    parts = [similar(start, space, batch, what.count, seed).assign(trained=0)]
    state = advance(ground, run)
    while state.epoch < epochs and not state.failed:
        state = advance(ground, run)
    if not state.failed:
        after = similar(state.network, space, batch, what.count, seed)
        parts.append(after.assign(trained=epochs * ground.steps(1)))
    whole = pd.concat(parts, ignore_index=True).assign(seed=seed, failed=state.failed)
    replace(file, lambda path: whole.to_parquet(path, index=False))
    return whole


def similar(
    network: Supernet, space: Benchmark, batch: Minibatch, count: int, seed: int
) -> pd.DataFrame:
    """Return the cosines of pairs at every distance at which children share something.

    One row a pair, shared convolution and cell: ``pair, distance, name, stage`` (from 1),
    ``gradient, inputs, outputs``. The seed draws the pairs, which are the same at both times.
    """
    rows = []
    for distance in range(1, len(space.axes)):
        draw = np.random.default_rng([seed, distance])
        for i, pair in enumerate(pairs(network, space.axes, distance, count, draw)):
            for found in similarities(network, pair, batch):
                stage = found.stage + 1
                rows.append({"pair": i, "distance": distance, **found._asdict(), "stage": stage})
    return pd.DataFrame(rows)
