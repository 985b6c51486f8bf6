"""Which candidates a run takes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.space import Benchmark, Dataset
from harness.runs.draws import live_parameters, stratified
from harness.runs.forms import whole_number
from harness.runs.selections import INDEX, Selection, check_count, no_candidate, selection_of


def select(written: str, candidates: pd.Series, space: Benchmark, dataset: Dataset) -> pd.Series:
    """Return the chosen candidates' strings by index, ascending.

    Args:
        written: as :func:`~harness.runs.selections.selection_of` reads it. ``random:N`` candidates
            are drawn with a fixed seed, ``stratified:N`` functional classes with all their
            candidates by size along their live parameters, see
            :func:`harness.runs.draws.stratified`.
        candidates: official strings by index, of every candidate with the accuracy that is named.
        space: the benchmark, for classes and counts.
        dataset: the dataset, for counts.

    Raises:
        BadInput: a candidate does not exist, there are not as many, or none is named.
    """
    selection = selection_of(written)
    if selection.kind == "all":
        return candidates.sort_index()
    if selection.kind == "list":
        chosen = _listed(selection, candidates)
    elif selection.kind == "random":
        check_count(selection, len(candidates), 0)
        draw = np.random.default_rng(0)
        drawn = draw.choice(candidates.index.to_numpy(), size=selection.count, replace=False)
        chosen = [int(index) for index in drawn]
    else:
        classes = candidates.map(space.representative)
        check_count(selection, 0, classes.nunique())
        live = live_parameters(classes, space, dataset)
        chosen = stratified(classes, live, selection.count, np.random.default_rng(0))
    return candidates.loc[sorted(set(chosen))]


def _listed(selection: Selection, candidates: pd.Series) -> list[int]:
    by_string = dict(zip(candidates, candidates.index.tolist(), strict=True))
    names = selection.names
    numbers = {name: whole_number(name) for name in names if INDEX.fullmatch(name)}
    chosen = [by_string.get(name, numbers.get(name, -1)) for name in names]
    for name, index in zip(names, chosen, strict=True):
        if index not in candidates.index:
            first, last = int(candidates.index.min()), int(candidates.index.max())
            raise no_candidate(name, selection, first, last)
    return chosen
