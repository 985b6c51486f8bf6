"""Rows of interference, what they say in a table, and the figure of similarity by distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.figure import Figure

from reports.markup import pipes
from reports.numbers import decimal, interval
from reports.style import INK

STAGES = ("#2b6cb0", "#b7791f", "#2f855a", "#6b46c1", "#c53030")
"""A colour for each stage."""


class Interference(NamedTuple):
    """Mean cosine of two children's gradients of a convolution that they share.

    ``distance`` is how many choices they differ in, ``stage`` counts from 1, ``trained`` is the
    steps that the supernet was trained for, ``n`` the pairs. ``low`` and ``high`` are the ends of a
    95 % interval over supernets, each with pairs of its own.
    """

    distance: int
    stage: int
    trained: int
    cosine: float
    low: float
    high: float
    n: int


class Association(NamedTuple):
    """Spearman's correlation of gradients' cosine with something, over pairs; of each stage.

    ``of`` is ``distance`` (the paper's first observation: negative), or ``inputs`` or ``outputs``:
    their cosine, with distance held constant (its second: positive). ``low`` and ``high`` are as in
    :class:`Interference`.
    """

    of: str
    stage: int
    trained: int
    value: float
    low: float
    high: float
    n: int


def text(rows: Sequence[Interference], associations: Sequence[Association]) -> str:
    """Return both as Markdown tables, with what they say of the paper's observations."""
    lines = ["Mean cosine of two children's gradients of a shared convolution:", ""]
    distances = sorted({row.distance for row in rows})
    heads = ["trained", "stage", *(f"distance {k}" for k in distances)]
    cells = []
    for trained, stage in sorted({(row.trained, row.stage) for row in rows}):
        some = [row for row in rows if (row.trained, row.stage) == (trained, stage)]
        cosines = [
            f"{decimal(row.cosine)} {interval(row.low, row.high)}"
            for row in sorted(some, key=lambda row: row.distance)
        ]
        cells.append([str(trained), str(stage), *cosines])
    lines += [*pipes(heads, cells), "", "Spearman's correlation of that cosine over pairs:", ""]
    given = ("with distance", "with inputs given distance", "with outputs given distance")
    heads = ["trained", "stage", *given]
    cells = []
    correlations = {(a.trained, a.stage, a.of): a for a in associations}
    for trained, stage in sorted({(a.trained, a.stage) for a in associations}):
        each = (correlations[trained, stage, of] for of in ("distance", "inputs", "outputs"))
        told = [f"{decimal(a.value)} {interval(a.low, a.high)}" for a in each]
        cells.append([str(trained), str(stage), *told])
    return "\n".join([*lines, *pipes(heads, cells), "", *_observations(associations)]) + "\n"


def _observations(associations: Sequence[Association]) -> list[str]:
    """Return in how many stages each observation of the paper holds, by the interval."""
    told = []
    for trained in sorted({a.trained for a in associations}):
        when = f"after {trained} steps" if trained else "at initialisation"
        for of, words in (
            ("distance", "similarity falls with the number of different operations"),
            ("inputs", "similarity is higher where inputs are more alike, distance held constant"),
            (
                "outputs",
                "similarity is higher where outputs are more alike, distance held constant",
            ),
        ):
            some = [a for a in associations if (a.trained, a.of) == (trained, of)]
            sign = -1 if of == "distance" else 1
            held = sum(min(sign * a.low, sign * a.high) > 0 for a in some)
            against = sum(max(sign * a.low, sign * a.high) < 0 for a in some)
            told.append(
                f"- {when}: {words} in {held} of {len(some)} stages, the opposite in {against}."
            )
    return told


def draw_interference(figure: Figure, rows: Sequence[Interference]) -> None:
    """Draw the mean cosine by distance, a line a stage, a panel for each length of training."""
    lengths = sorted({row.trained for row in rows})
    panels = figure.subplots(1, len(lengths), sharey=True, squeeze=False)[0]
    for panel, trained in zip(panels, lengths, strict=True):
        for stage in sorted({row.stage for row in rows}):
            some = [row for row in rows if (row.trained, row.stage) == (trained, stage)]
            some.sort(key=lambda row: row.distance)
            x = [row.distance + 0.08 * (stage - 2) for row in some]
            y = [row.cosine for row in some]
            reach = [
                [row.cosine - row.low for row in some],
                [row.high - row.cosine for row in some],
            ]
            colour = STAGES[(stage - 1) % len(STAGES)]
            panel.errorbar(
                x,
                y,
                reach,
                color=colour,
                marker="o",
                ms=3,
                lw=1.2,
                capsize=2,
                label=f"stage {stage}",
            )
        panel.axhline(0, color=INK, lw=0.6)
        panel.set_title(f"after {trained} steps" if trained else "at initialisation")
        panel.set_xlabel("operations that differ")
        panel.set_xticks(sorted({row.distance for row in rows}))
    panels[0].set_ylabel("cosine of gradients")
    panels[-1].legend(frameon=False)
