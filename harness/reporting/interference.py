"""The flow of ``harness interference``: supernets are measured, judged and drawn."""

from __future__ import annotations

import argparse
from functools import partial

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from benchmarks.catalogue import benchmark
from benchmarks.progress import progress
from benchmarks.streams import say
from benchmarks.training import Recipe
from harness.judging.similarities import associations, by_distance
from harness.oneshot.measuring import Measurement, measured
from harness.oneshot.training import SupernetTraining
from harness.runs.devices import resolve_device, workers_for
from harness.runs.run_files import RunFile
from harness.runs.run_folder import RunFolder
from reports.interference import Interference, draw_interference, text
from reports.style import STYLE


def interference(options: argparse.Namespace) -> str:
    """Write ``interference.csv``, ``associations.csv``, tables and the figure; return the tables.

    The same command again measures what is missing.

    Raises:
        BadInput: images do not fit.
    """
    space = benchmark(options.benchmark)
    dataset = space.dataset(options.dataset or space.datasets[0].name)
    images = options.images or space.images
    device, remark = resolve_device(options.device)
    if remark:
        say(remark)
    recipe = Recipe(options.supernet_epochs)
    training = SupernetTraining(space, dataset, images, recipe, options.supernet_cells, device)
    what = Measurement(training, options.pairs, options.batch, options.out)
    workers = options.workers or workers_for(device)
    seeds = range(options.supernet_seeds)
    rows = pd.concat(progress(measured(what, seeds, workers), len(seeds), "supernets"))
    whole = rows.sort_values("seed", kind="stable", ignore_index=True)
    folder = RunFolder(options.out)
    similarities, with_it = list(by_distance(whole)), list(associations(whole))
    folder.parquet(RunFile.PAIRS, whole)
    folder.csv(RunFile.SIMILARITIES, similarities)
    folder.csv(RunFile.ASSOCIATIONS, with_it)
    folder.text(
        RunFile.INTERFERENCE, told := "\n".join([*_head(what, whole), text(similarities, with_it)])
    )
    _draw(folder, similarities)
    return told


def _head(what: Measurement, rows: pd.DataFrame) -> list[str]:
    """Return what was measured, and which trainings diverged."""
    training, failed = what.training, rows[rows["failed"] != ""]
    lines = [
        f"Interference in {rows['seed'].nunique()} supernets of {training.space.name}, "
        f"{what.count} pairs of children a distance in each, on {what.batch} images of "
        f"{training.dataset.name}; 95 % intervals over supernets.",
        "",
    ]
    for seed, reason in failed.groupby("seed")["failed"].first().items():
        lines += [f"Supernet {seed} was measured at initialisation alone: {reason}.", ""]
    return lines


def _draw(folder: RunFolder, similarities: list[Interference]) -> None:
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 3.0), layout="constrained")
        draw_interference(figure, similarities)
        folder.write(RunFile.INTERFERENCE_PNG, partial(figure.savefig, format="png", dpi=200))
        dateless = partial(figure.savefig, format="svg", metadata={"Date": None})
        folder.write(RunFile.INTERFERENCE_SVG, dateless)
