"""The flow of one-shot scores: supernets are trained, their children scored, stored, exported."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from benchmarks.progress import progress
from benchmarks.table import AccuracyTable
from benchmarks.training import Recipe
from harness.oneshot.evaluation import BATCH
from harness.oneshot.samplers.predictor import Predictor, check_enough
from harness.oneshot.samplers.predictors import named
from harness.oneshot.training import SupernetRun, SupernetTraining, TrainingData, epochs_done
from harness.oneshot.work import Job, worked
from harness.runs.candidates import chosen_cells
from harness.runs.devices import workers_for
from harness.runs.plan import Plan, identity
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from harness.scoring.inputs import frozen_inputs
from harness.scoring.keys import made_by
from harness.scoring.store import Store

SOME = 50
"""Children that one job scores: what a kill can lose."""

SEES = {"initialisation": "default", "batchnorm": "batch", "sees": "training images"}
"""What every stored score says of how it was made."""


def training_of(plan: Plan) -> SupernetTraining:
    """Return what the supernets of a plan share."""
    recipe = Recipe(plan.supernet_epochs)
    return SupernetTraining(
        plan.space, plan.data, plan.images, recipe, plan.supernet_cells, plan.device
    )


def fill_oneshot(
    plan: Plan, table: AccuracyTable, out: Path, workers: int | None, retry_failed: bool = False
) -> None:
    """Compute the one-shot scores that a run folder lacks, if its plan names any.

    They stand beside its scores.

    A child is a cell without what leads nowhere, not a functional class: cells of one class run
    other operations of the supernet. Supernets in training stand in the folder ``supernets``.

    Raises:
        BadInput: images do not fit, or there are too few cells.
    """
    if not plan.oneshot:
        return
    cells, training = chosen_cells(plan, table), training_of(plan)
    check_enough(len(cells))
    data, folder = TrainingData.of(training), RunFolder(out)
    runs = [
        SupernetRun(
            predictor, seed, _key(predictor, data), folder.supernets / f"{predictor.name}_{seed}"
        )
        for seed in range(plan.supernet_seeds)
        for predictor in named(plan.oneshot)
    ]
    keys = {run.predictor.name: run.key for run in runs}
    network, space = data.network, plan.space
    child = {arch: space.decode(network.live(space.encode(arch))) for arch in cells["arch"]}
    children = list(dict.fromkeys(child.values()))
    with Store(folder.store, identity(plan, frozen_inputs(plan.minibatch())[1])) as store:
        stored = store.read(keys)
        if retry_failed:
            stored = _without_failed(stored, runs)
        done = set(zip(stored["subject"], stored["proxy"], stored["seed"], strict=True))
        left = [[arch for arch in children if (arch, *_who(run)) not in done] for run in runs]
        jobs = (
            _jobs(run, archs, training.recipe.epochs, len(children))
            for run, archs in zip(runs, left, strict=True)
        )
        chains = [chain for chain in jobs if chain]
        total = sum(map(len, chains))
        results = worked(training, chains, workers or workers_for(plan.device))
        for rows in progress(results, total, "supernets"):
            store.add(rows)
        stored = store.read(keys)
    ours = stored[stored["seed"] < plan.supernet_seeds].assign(**SEES)
    oneshot = cells.assign(subject=cells["arch"].map(child)).merge(ours, on="subject")
    if len(oneshot) != len(cells) * len(runs):
        raise RuntimeError(f"{len(oneshot)} scores of {len(cells)} cells by {len(runs)} supernets")
    _export(folder, oneshot)


def keys_of(plan: Plan) -> dict[str, str]:
    """Return what names the sources, settings and images of a plan's one-shot scores, by name.

    Raises:
        BadInput: the images cannot be read.
    """
    if not plan.oneshot:
        return {}
    data = TrainingData.of(training_of(plan))
    return {predictor.name: _key(predictor, data) for predictor in named(plan.oneshot)}


def _who(run: SupernetRun) -> tuple[str, int]:
    return run.predictor.name, run.seed


def _key(predictor: Predictor, data: TrainingData) -> str:
    """Digest what a supernet's scores depend on."""
    training = data.training
    settings = (predictor.name, predictor.aligned, asdict(training.recipe), training.cells, BATCH)
    roots = predictor.sampler.__module__, "harness.oneshot.evaluation"
    return made_by(roots, repr(settings), repr((training.space, training.dataset)), data.digest)


def _jobs(run: SupernetRun, archs: list[str], epochs: int, shares: int) -> list[Job]:
    """Return the jobs of one supernet that are left: nothing where every child has its score."""
    if not archs:
        return []
    left = epochs - epochs_done(run, epochs)
    some = [tuple(archs[i : i + SOME]) for i in range(0, len(archs), SOME)]
    return [Job(run, part, shares) for part in [()] * left + some]


def _without_failed(stored: pd.DataFrame, runs: list[SupernetRun]) -> pd.DataFrame:
    """Return what is not failed, and forget the supernets that failed."""
    failed = stored[stored["status"] == "failed"]
    again = set(zip(failed["proxy"], failed["seed"], strict=True))
    for run in runs:
        if _who(run) in again:
            run.file.unlink(missing_ok=True)
    return stored[stored["status"] != "failed"]


def _export(folder: RunFolder, oneshot: pd.DataFrame) -> None:
    """Put one-shot scores beside the others, and their seconds beside the others' costs."""
    scores, costs = folder.read_scores(), pd.read_csv(folder.costs)
    ours = set(oneshot["proxy"])
    whole = pd.concat([scores[~scores["proxy"].isin(ours)], oneshot[scores.columns]])
    seconds = oneshot.groupby("proxy")["seconds"].agg(seconds="mean", n="size").reset_index()
    kept = costs[~costs["proxy"].isin(ours)]
    folder.csv(RunFile.COSTS, pd.concat([kept, seconds]))
    ordered = whole.sort_values(["index", "proxy", "seed"], ignore_index=True)
    folder.parquet(RunFile.SCORES, ordered)
