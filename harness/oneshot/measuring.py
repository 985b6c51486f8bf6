"""Interference in one supernet, at initialisation and after a warm-up, kept in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import replace as write
from benchmarks.images import Minibatch, minibatch
from benchmarks.network import initialise
from benchmarks.processes import Lost, Pool, completed
from benchmarks.space import Benchmark
from benchmarks.supernet import Supernet
from harness.oneshot.pairs import pairs
from harness.oneshot.samplers.predictors import PREDICTORS
from harness.oneshot.similarity import similarities
from harness.oneshot.training import SupernetRun, SupernetTraining, TrainingData, advance
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.scoring.keys import made_by
from harness.scoring.processes import deterministic, keep_memory

WARM_UP = PREDICTORS["spos"]
"""Who trains: every child as probable as another, so that no pair is favoured."""


@dataclass(frozen=True)
class Measurement:
    """What is measured: ``count`` pairs a distance in each supernet, on ``batch`` images.

    The training's epochs are the warm-up's.
    """

    training: SupernetTraining
    count: int
    batch: int
    out: Path

    @property
    def seen(self) -> Minibatch:
        """The minibatch that every child sees."""
        training = self.training
        drawn = minibatch(training.images, training.dataset, self.batch, 0, "true")
        images, labels = (part.to(training.device) for part in (drawn.images, drawn.labels))
        return Minibatch(images, labels, drawn.sha256)


def measured(what: Measurement, seeds: Sequence[int], workers: int) -> Iterator[pd.DataFrame]:
    """Yield what each supernet gives: columns as in :func:`similar`, with ``seed``, ``trained``.

    In no particular order.

    Raises:
        BadInput: images do not fit, or a worker process dies.
    """
    set_up(what)
    if workers == 1:
        yield from map(of_one, seeds)
        return
    lost = Lost[int]()
    done = completed(
        lambda size: Pool(size, set_up, what),
        lambda pool, seed: pool.submit(of_one, seed),
        seeds,
        workers,
        workers,
        lost,
    )
    for _, rows in done:
        yield rows
    if lost.items:
        raise BadInput(
            f"A process that measures a supernet should live. It died ({lost.death}). Try "
            "`--workers 1`; the same command goes on from what was stored."
        )


class Prepared(NamedTuple):
    """A measurement with its images, and a key that names what its numbers depend on."""

    what: Measurement
    data: TrainingData
    batch: Minibatch
    key: str


_prepared: list[Prepared] = []


def set_up(what: Measurement) -> None:
    """Set this process up for a measurement."""
    deterministic()
    keep_memory()
    data, batch = TrainingData.of(what.training), what.seen
    settings = repr(replace(what, out=Path())), data.digest, batch.sha256
    _prepared[:] = [Prepared(what, data, batch, made_by([__name__], *settings))]


def of_one(seed: int) -> pd.DataFrame:
    """Return what one supernet gives, at both times; from its file where that is there."""
    what, data, batch, key = _prepared[0]
    file = what.out / RunFile.MEASURED / f"{key}_{seed}.parquet"
    if file.exists():
        return pd.read_parquet(file)
    run = SupernetRun(WARM_UP, seed, key, RunFolder(what.out).supernets / f"warm_up_{seed}")
    space, epochs = what.training.space, what.training.recipe.epochs
    initialise(start := data.network, seed)
    start = start.on(what.training.device)
    parts = [similar(start, space, batch, what.count, seed).assign(trained=0)]
    state = advance(data, run)
    while state.epoch < epochs and not state.failed:
        state = advance(data, run)
    if not state.failed:
        after = similar(state.network, space, batch, what.count, seed)
        parts.append(after.assign(trained=epochs * data.steps(1)))
    whole = pd.concat(parts, ignore_index=True).assign(seed=seed, failed=state.failed)
    write(file, lambda path: whole.to_parquet(path, index=False))
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
            for cosines in similarities(network, pair, batch):
                stage = cosines.stage + 1
                rows.append({"pair": i, "distance": distance, **cosines._asdict(), "stage": stage})
    return pd.DataFrame(rows)
