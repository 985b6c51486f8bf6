"""Which candidates a run takes, named on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.errors import BadInput
from benchmarks.files import text
from benchmarks.printable import printable, reason
from benchmarks.space import Benchmark, Dataset
from harness.options.arguments import whole_number
from harness.plans.draws import live_parameters, stratified

INDEX = re.compile("0|[1-9][0-9]*")
"""Digits that begin with 0 are an official string, or nothing."""


def select(spec: str, candidates: pd.Series, space: Benchmark, dataset: Dataset) -> pd.Series:
    """Return the chosen candidates' strings by index, ascending.

    Args:
        spec: ``all``; ``random:N`` candidates drawn with a fixed seed; ``stratified:N`` functional
            classes with all their candidates, drawn by size along their live parameters (see
            :func:`harness.plans.draws.stratified`); indices or official strings, which may be
            digits; or a file with one of them a line.
        candidates: official strings by index, of every candidate with the accuracy that is named.
        space: the benchmark, for classes and counts.
        dataset: the dataset, for counts.

    Raises:
        BadInput: an index does not exist, or nothing is chosen.
    """
    kind, _, count = spec.partition(":")
    if spec == "all":
        chosen = list(candidates.index)
    elif kind in ("random", "stratified") and count.isdecimal():
        classes = candidates.map(space.representative) if kind == "stratified" else candidates
        if whole_number(count) > classes.nunique():
            raise BadInput(
                f"`--cells {printable(spec)}` should ask for at most {classes.nunique()} "
                f"{'candidates' if kind == 'random' else 'functional classes'}. Found "
                f"{printable(count)}."
            )
        chosen = _drawn(kind, classes, whole_number(count), space, dataset)
    elif spec.startswith("@"):
        chosen = _listed(_lines(Path(spec[1:])), candidates, spec)
    else:
        chosen = _listed([part for part in spec.split(",") if part], candidates, spec)
    if not chosen:
        raise BadInput(
            f"`--cells` should choose at least one candidate. `{printable(spec)}` chooses none."
        )
    return candidates.loc[sorted(set(chosen))]


def _drawn(
    kind: str, classes: pd.Series, count: int, space: Benchmark, dataset: Dataset
) -> list[int]:
    draw = np.random.default_rng(0)
    if kind == "random":
        return [int(i) for i in draw.choice(classes.index.to_numpy(), size=count, replace=False)]
    live = live_parameters(classes, space, dataset)
    return stratified(classes, live, count, draw) if count else []


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in text(path).splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise BadInput(
            f"`--cells @FILE` should name a text file with an index or a string a line. "
            f"`{path}` cannot be read: {reason(error)}."
        ) from error


def _listed(names: list[str], candidates: pd.Series, spec: str) -> list[int]:
    by_string = dict(zip(candidates, candidates.index.tolist(), strict=True))
    numbers = {name: whole_number(name) for name in names if INDEX.fullmatch(name)}
    chosen = [by_string.get(name, numbers.get(name, -1)) for name in names]
    for name, index in zip(names, chosen, strict=True):
        if index not in candidates.index:
            raise BadInput(
                "`--cells` should name candidates that have the accuracy asked for, by string or "
                f"index, {candidates.index.min()} to {candidates.index.max()}. Found "
                f"`{printable(name)}` in `{printable(spec)}`."
            )
    return chosen
