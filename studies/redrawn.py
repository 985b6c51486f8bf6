"""What initial weights do to a correlation over all cells.

A few classes have scores of several initialisations. Where every class draws one of those that are
stored of it, the table is another one; a correlation's deviation over such tables is the error of
its initial weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from benchmarks.progress import progress
from harness.judging.whole_space import combinations_of
from proxies import COMBINATIONS, load_all
from proxies.registry import Proxy
from studies.whole_space import ACCURACIES, correlation

TABLES = 25

SLOW = "vote"
"""Compares every two cells: seconds a table."""

Wanted = tuple[str, str, str]
"""Proxy, statistic, dataset."""


def column_of(proxy: str) -> str:
    """Return where the scores of a proxy stand in the table of all cells."""
    return proxy if proxy in ("params", "flops") else f"cifar10 {proxy}"


def errors(population: pd.DataFrame, wanted: Iterable[tuple[str, str]]) -> dict[Wanted, float]:
    """Return the standard error of each correlation for its initial weights.

    0 of what counts; what has one initialisation alone is not there.

    Args:
        population: all cells, as :func:`studies.whole_space.cells` returns them.
        wanted: proxies and statistics.
    """
    scale = {proxy: scale_of(population, proxy) for proxy, _ in wanted}
    kept = [(p, s, name) for p, s in sorted(wanted) for name in ACCURACIES if scale[p] >= 0]
    values: dict[Wanted, list[float]] = {one: [] for one in kept}
    for table in tables(population):
        for one in kept:
            proxy, statistic, dataset = one
            if scale[proxy] > 0:
                values[one].append(correlation(table, column_of(proxy), dataset, statistic))
    return {one: float(np.std(v or [0.0])) * scale[one[0]] for one, v in values.items()}


def tables(population: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield :data:`TABLES` tables, with the initialisation of each class drawn anew."""
    draw = np.random.default_rng(0)
    for _ in progress(range(TABLES), TABLES, "tables"):
        yield redrawn(population, draw)


def redrawn(population: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    """Return the table with the initialisation of each class drawn from those stored of it.

    Members of a combination have the same one, as in a run.
    """
    codes, names = pd.factorize(population["class"])
    seeds = sorted({int(name.split("@")[1]) for name in population if "@" in name})
    drawn = draw.integers(0, 1 + len(seeds), len(names))[codes]
    scores = {}
    for name in population:
        proxy = name.removeprefix("cifar10 ")
        if proxy == name or "@" in name or proxy in COMBINATIONS:
            continue
        scores[proxy] = population[name]
        for seed in seeds:
            if (other := f"{name}@{seed}") in population:
                has = (drawn == seed) & population[other].notna()
                scores[proxy] = scores[proxy].mask(has, population[other])
    own = pd.DataFrame(scores)
    made = combinations_of(own, {n: c for n, c in COMBINATIONS.items() if n != SLOW})
    both = pd.concat([own, made], axis=1).add_prefix("cifar10 ")
    return pd.concat([population[["class", "params", "flops", *ACCURACIES]], both], axis=1)


def scale_of(population: pd.DataFrame, proxy: str) -> float:
    r"""Return what turns the deviation over redrawn tables into an error; the largest of members'.

    :math:`\sqrt{S / (S - 1) / p}`, as a class draws from the :math:`S` values that it is to be
    judged by, and as classes with one value add nothing: :math:`p` is the share of
    :math:`\sum_c n_c^2`, with :math:`n_c` the cells of a class, that those with several have.
    Classes whose values are equal have no noise. 0 of what needs no network, NaN where no class has
    several values, or where they are of single cells.
    """
    if proxy == SLOW:
        return float("nan")
    known = load_all()
    members = COMBINATIONS[proxy].members if proxy in COMBINATIONS else (proxy,)
    return max((_scale(population, known[member]) for member in members), key=_nan_first)


def _scale(population: pd.DataFrame, proxy: Proxy) -> float:
    name = column_of(proxy.name)
    others = [other for other in population if other.startswith(f"{name}@")]
    if not others:
        return 0.0 if proxy.family == "trivial" and proxy.name != "random" else float("nan")
    scored = population[others].notna().all(axis=1)
    classes = population["class"]
    if population.loc[classes.isin(classes[scored]), others].isna().any(axis=None):
        return float("nan")
    size = classes.map(classes.value_counts())
    varies = scored & (population[others].ne(population[name], axis=0)).any(axis=1)
    share = size[varies].sum() / (size[varies].sum() + size[~scored].sum())
    return float((len(others) + 1) / len(others) / share) ** 0.5


def _nan_first(value: float) -> float:
    return np.inf if np.isnan(value) else value
