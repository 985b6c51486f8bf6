"""The ceiling among the best: how well the true accuracy would rank those that measure best."""

from __future__ import annotations

import numpy as np
import pandas as pd

from harness.judging.ceiling import FEWEST
from harness.judging.ranks import Vector, kendall
from harness.judging.score_table import TOP
from reports.rows import Ceiling

FEWEST_JUDGED = 300
"""Cells whose best tenth is too few to say anything of their order."""

NEIGHBOURS, DRAWS = 50, 200
"""Trainings of like accuracy that noise is taken from, and how often a measurement is drawn."""


def ceiling_of_top(
    accuracy: pd.Series, trials: pd.DataFrame, classes: pd.Series, chosen: pd.Index, dataset: str
) -> Ceiling | None:
    """Return what the true accuracy would reach in the best tenth of some cells, as measured.

    No formula leads there: the best by measurement are chosen by noise too, and noise differs with
    accuracy. So the stored accuracies stand for the true ones and are measured again, with noise of
    trainings that lie near; the best tenth by that is ranked by them. Their own noise makes them
    lie somewhat further apart than true ones do, so the ceiling is rather high than low.

    Args:
        accuracy: of every cell, by index, mean over seeds where there are several.
        trials: accuracies by cell and seed, empty where the table holds means.
        classes: by index; two cells of one class are two trainings where there are no seeds.
        chosen: the cells that are judged.
        dataset: of the accuracy.
    """
    levels, noise, source = _of_seeds(trials) if len(trials) else _of_classes(accuracy, classes)
    if len(levels) < FEWEST or len(chosen) < FEWEST_JUDGED:
        return None
    truth = accuracy.loc[chosen].to_numpy(float)
    order = np.argsort(levels, kind="stable")
    most = max(len(levels) - NEIGHBOURS, 0)
    near = np.clip(np.searchsorted(levels[order], truth) - NEIGHBOURS // 2, 0, most)
    draw = np.random.default_rng(0)
    taus = []
    for _ in range(DRAWS):
        offset = draw.integers(min(NEIGHBOURS, len(levels)), size=len(truth))
        signs = draw.choice([-1.0, 1.0], size=len(truth))
        measured = truth + signs * noise[order[near + offset]]
        best = measured >= np.quantile(measured, 1 - TOP)
        taus.append(kendall(truth[best], measured[best]).value)
    value = float(np.nanmean(taus))
    return Ceiling(dataset, "kendall", value, float("nan"), len(levels), source, cells="top")


def _of_seeds(trials: pd.DataFrame) -> tuple[Vector, Vector, str]:
    """Return accuracies, and how far a mean over seeds lies off, one a training."""
    counts = trials.notna().sum(axis=1)
    several = trials[counts >= 2]
    n = counts[counts >= 2].to_numpy(float)[:, None]
    means = several.mean(axis=1).to_numpy()[:, None]
    off = (several.to_numpy(float) - means) / np.sqrt(n - 1)
    there = np.isfinite(off)
    return np.broadcast_to(means, off.shape)[there], off[there], "training seeds"


def _of_classes(accuracy: pd.Series, classes: pd.Series) -> tuple[Vector, Vector, str]:
    """Return accuracies, and how far each lies off, from the first two cells of each class."""
    place = classes.groupby(classes).cumcount()
    first, second = (accuracy[place == k].set_axis(classes[place == k]) for k in (0, 1))
    both = first.reindex(second.index).to_numpy(float), second.to_numpy(float)
    return (both[0] + both[1]) / 2, (both[0] - both[1]) / np.sqrt(2), "isomorphic cells"
