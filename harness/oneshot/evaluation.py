"""What a trained supernet says of a child: its validation accuracy with inherited weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import perf_counter

import torch

from benchmarks.splits import Split
from benchmarks.supernet import Supernet
from harness.oneshot.samplers.predictor import Places
from harness.oneshot.training import SupernetRun, TrainingData, begun
from harness.scoring.store import Score, Status

BATCH = 500
"""Images that are normalised together: by another number of them a score would be another."""


def accuracy(network: Supernet, places: Places, valid: Split) -> float:
    """Return a child's accuracy (%) on validation images, in their fixed order.

    Every normalisation is by the statistics of ``BATCH`` images, so a score depends on which stand
    together.
    """
    with torch.no_grad():
        parts = torch.split(valid.images, BATCH), torch.split(valid.classes, BATCH)
        right = sum(
            int((network.run(images, places)[0].argmax(1) == classes).sum())
            for images, classes in zip(*parts, strict=True)
        )
    return 100 * right / len(valid.classes)


def scores(data: TrainingData, run: SupernetRun, archs: Sequence[str], shares: int) -> list[Score]:
    """Return the scores of some children of a supernet whose training has ended.

    Args:
        data: its images.
        run: the supernet.
        archs: the children.
        shares: children among which the seconds of training are divided.
    """
    state = begun(data, run)
    of_training, rows = state.seconds / shares, list[Score]()
    for arch in archs:
        began, value = perf_counter(), math.nan
        if not state.failed:
            places = data.training.space.encode(arch)
            value = accuracy(state.network, places, data.scored)
        seconds = of_training + perf_counter() - began
        status: Status = "failed" if state.failed else "ok"
        name, seed = run.predictor.name, run.seed
        rows.append(Score(arch, name, seed, run.key, value, status, state.failed, seconds))
    return rows
