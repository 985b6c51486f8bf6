"""The training of a supernet, an epoch at a time, in a file from which it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.errors import BadInput
from benchmarks.files import replace
from benchmarks.network import initialise
from benchmarks.space import Benchmark, Dataset
from benchmarks.splits import Split, splits
from benchmarks.supernet import Supernet
from benchmarks.supernets import supernet
from benchmarks.training import Recipe
from harness.oneshot.alignment import EVERY, WEIGHT, better, penalty
from harness.oneshot.samplers.predictor import Places, Predictor

SCORED = 1000
"""Validation images, the first, that scores are measured on; the rest chooses the anchor."""


@dataclass(frozen=True)
class SupernetTraining:
    """What all supernets of a run share.

    ``cells`` of a stage are fewer than the candidates', where it is not 0. An epoch has as many
    forward and backward passes of a child as the images hold minibatches, whoever trains: where a
    step trains several children, fewer steps.
    """

    space: Benchmark
    dataset: Dataset
    images: str
    recipe: Recipe
    cells: int
    device: str


@dataclass(frozen=True)
class TrainingData:
    """A kind of training with its images."""

    training: SupernetTraining
    train: Split
    scored: Split
    compared: Split

    @classmethod
    def of(cls, training: SupernetTraining) -> TrainingData:
        """Read the images.

        Raises:
            BadInput: they do not fit the dataset, or are too few for a step.
        """
        train, valid = (
            part.on(training.device) for part in splits(training.images, training.dataset)
        )
        fewest = training.recipe.batch * max(len(axis.choices) for axis in training.space.axes)
        if len(train.classes) < fewest:
            raise BadInput(
                f"`--images` should hold at least {fewest} images to train a supernet on, beside "
                f"those to validate on. `{training.images}` holds {len(train.classes)}."
            )
        some = Split(valid.images[:SCORED], valid.classes[:SCORED])
        rest = Split(valid.images[SCORED:], valid.classes[SCORED:])
        return cls(training, train, some, rest if len(rest.classes) else some)

    def steps(self, children_per_step: int) -> int:
        """Return the steps of an epoch, each of which trains as many children together."""
        return len(self.train.classes) // self.training.recipe.batch // children_per_step

    @property
    def digest(self) -> str:
        """Names the images, and which of them do what."""
        return " ".join(part.sha256 for part in (self.train, self.scored, self.compared))

    @property
    def network(self) -> Supernet:
        """The supernet, parameters uninitialised."""
        return supernet(self.training.space, self.training.dataset, self.training.cells)


class SupernetRun(NamedTuple):
    """One supernet: who trains it, from which seed, into which file.

    ``key`` digests what its weights depend on: a file that holds another is begun anew.
    """

    predictor: Predictor
    seed: int
    key: str
    file: Path


@dataclass
class State:
    """A supernet in training.

    Attributes:
        network: as it is now.
        epoch: how many are done.
        anchor: the child that others are pulled towards; None before the first step.
        seconds: of training so far.
        failed: why it ended early; empty if it did not.
        moving: the optimiser's and the schedule's own state.
    """

    network: Supernet
    epoch: int = 0
    anchor: Places | None = None
    seconds: float = 0.0
    failed: str = ""
    moving: list[dict[str, Any]] = field(default_factory=list)


def begun(data: TrainingData, run: SupernetRun) -> State:
    """Return the state that a file holds, or the initial one."""
    network = data.network
    stored = _stored(run)
    if stored is None:
        initialise(network, run.seed)
        return State(network.on(data.training.device))
    network.load_state_dict(stored.pop("network"))
    anchor = stored.pop("anchor")
    return State(network.on(data.training.device), anchor=anchor and tuple(anchor), **stored)


def epochs_done(run: SupernetRun, epochs: int) -> int:
    """Return how many epochs of a supernet need no training any more: all where it failed."""
    stored = _stored(run)
    return 0 if stored is None else epochs if stored["failed"] else int(stored["epoch"])


def _stored(run: SupernetRun) -> dict[str, Any] | None:
    if not run.file.exists():
        return None
    try:
        stored: dict[str, Any] = torch.load(run.file, map_location="cpu", weights_only=True)
    except Exception:  # a broken file can raise anything; it is written again
        return None
    return stored if stored.pop("key", "") == run.key else None


def advance(data: TrainingData, run: SupernetRun) -> State:
    """Train a supernet for one more epoch and write it down; one that failed stays as it is.

    Children, minibatches and initial weights follow from the seed and are the same for all
    predictors that can share them, so that these are paired. A killed training goes on to the same
    weights.
    """
    state = begun(data, run)
    if state.failed or state.epoch == data.training.recipe.epochs:
        return state
    began = perf_counter()
    _epoch(data, run, state)
    state.seconds += perf_counter() - began
    stored = {
        "key": run.key,
        "network": state.network.state_dict(),
        "epoch": state.epoch,
        "anchor": state.anchor and list(state.anchor),
        "seconds": state.seconds,
        "failed": state.failed,
        "moving": state.moving,
    }
    replace(run.file, lambda path: torch.save(stored, path))
    return state


def _epoch(data: TrainingData, run: SupernetRun, state: State) -> None:
    recipe, train, axes = data.training.recipe, data.train, data.training.space.axes
    sampled = run.predictor.sampler(axes, np.random.default_rng(run.seed))
    children_per_step = len(next(run.predictor.sampler(axes, np.random.default_rng(run.seed))))
    steps = data.steps(children_per_step)
    trained = [p for p in state.network.parameters() if p.requires_grad]
    optimiser, schedule = recipe.optimiser(trained, recipe.epochs * steps)
    if state.moving:
        optimiser.load_state_dict(state.moving[0])
        schedule.load_state_dict(state.moving[1])
    order = torch.Generator().manual_seed(run.seed * 1_000_003 + state.epoch)
    shuffled = torch.randperm(len(train.classes), generator=order)
    batches = torch.split(shuffled, recipe.batch)[:steps]
    first = state.epoch * steps
    chosen = islice(sampled, first, first + steps)
    for step, (rows, children) in enumerate(zip(batches, chosen, strict=True), first):
        batch = Split(train.images[rows], train.classes[rows])
        optimiser.zero_grad()
        if not all(_pulled(state, run.predictor, batch, child) for child in children):
            state.failed = f"training diverged at step {step + 1} of {recipe.epochs * steps}"
            return
        optimiser.step()
        schedule.step()
        if state.anchor and (step + 1) % EVERY == 0:
            rivals = children[0], state.anchor
            if better(state.network, *rivals, data.compared, step):
                state.anchor = children[0]
    state.epoch += 1
    state.moving = [optimiser.state_dict(), schedule.state_dict()]


def _pulled(state: State, predictor: Predictor, batch: Split, child: Places) -> bool:
    """Add a child's gradients to those that are there; return whether its loss is a number."""
    logits, maps = state.network.run(batch.images, child)
    loss = F.cross_entropy(logits, batch.classes)
    if predictor.aligned:
        state.anchor = state.anchor or child
        with torch.no_grad():
            anchors = state.network.run(batch.images, state.anchor)[1]
        loss = loss + WEIGHT * penalty(maps, anchors)
    if not torch.isfinite(loss):
        return False
    torch.autograd.backward(loss)
    return True
