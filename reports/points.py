"""Scores against accuracies as the page draws them: places on axes, and what a cell is."""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from reports.findings import Findings
from reports.scatter import axis_label, axis_scale, linear_up_to, symlog_ticks

STEPS = 9999
"""Places on an axis: finer than any screen, and four digits of a score's range."""

MARGIN = 0.04
"""Of an axis, on either side of what is drawn."""


class Panel(NamedTuple):
    """One score's axis, from the worse end to the better one, and where cells lie on it.

    ``places`` are 0 to ``STEPS``, -1 without a score; a place p means the score whose transform by
    ``scale`` lies p / ``STEPS`` of the way from ``ends[0]`` to ``ends[1]``. ``ticks`` are shares of
    the way, and labels. A symmetric logarithm is linear up to ``linear``.
    """

    places: list[int]
    ends: tuple[float, float]
    scale: str
    linear: float
    ticks: list[tuple[float, str]]
    label: str


Transform = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def transform(scale: str, linear: float) -> Transform:
    """Return what an axis does to a score; a symmetric logarithm is continuous at ``linear``."""
    if scale == "linear":
        return lambda x: x
    if scale == "log":
        return np.log10

    def symmetric(x: NDArray[np.float64]) -> NDArray[np.float64]:
        far = 1 + np.log10(np.maximum(np.abs(x), linear) / linear)
        return np.where(np.abs(x) <= linear, x / linear, np.sign(x) * far)

    return symmetric


def panel(score: NDArray[np.float64], *, larger: bool) -> Panel:
    """Return the axis of a score, NaN where it is missing; the better end is on the right."""
    known = score[np.isfinite(score)]
    scale = axis_scale(known)
    linear = linear_up_to(known)
    label = axis_label(scale, larger, len(score) - len(known))
    if not len(known):
        return Panel([-1] * len(score), (0.0, 1.0), scale, linear, [], label)
    axis = transform(scale, linear)
    low, high = float(axis(known).min()), float(axis(known).max())
    room = MARGIN * (high - low) or max(0.5, abs(low) / 2)
    left, right = low - room, high + room
    if not larger:
        left, right = right, left
    share = (axis(np.where(np.isfinite(score), score, known[0])) - left) / (right - left)
    places = np.where(np.isfinite(score), np.round(share * STEPS), -1)
    marks = _marks(scale, float(known.min()), float(known.max()), linear)
    shares = ((axis(np.array(marks, dtype=float)) - left) / (right - left)).tolist()
    ticks = [
        (round(at, 4), _written(mark, scale))
        for at, mark in zip(shares, marks, strict=True)
        if 0 <= at <= 1
    ]
    return Panel(places.astype(int).tolist(), (left, right), scale, linear, ticks, label)


def _marks(scale: str, low: float, high: float, linear: float) -> list[float]:
    if scale == "linear":
        return [float(mark) for mark in MaxNLocator(4).tick_values(low, high)]
    if scale == "symlog":
        return symlog_ticks(low, high, linear)
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    return [10.0**power for power in powers[:: 1 + len(powers) // 5]]


def _written(mark: float, scale: str) -> str:
    """Return a tick's label: powers of ten as such."""
    if scale == "linear" or mark == 0:
        return f"{mark:.6g}".replace("-", "−")
    power = str(round(math.log10(abs(mark)))).translate(RAISED)
    return f"{'−' if mark < 0 else ''}10{power}"


RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def points(findings: Findings) -> dict[str, Any]:
    """Return all that the page needs to draw scatters and to say what lies under the pointer."""
    cells = findings.cells
    about = cells.drop_duplicates("index").sort_values("index")
    wide = cells.pivot(index="index", columns="proxy", values="score").reindex(about["index"])
    accuracy = about["accuracy"].to_numpy(float)
    low, high = accuracy.min(), accuracy.max()
    room = MARGIN * (high - low) or 0.5
    marks = MaxNLocator(5).tick_values(low - room, high + room)
    ends = float(low - room), float(high + room)
    entries = findings.entries
    return {
        "names": about["arch"].astype(str).tolist(),
        "index": about["index"].tolist(),
        "places": [_digits(findings.choices.get(arch, ())) for arch in about["arch"]],
        "axes": [axis._asdict() for axis in findings.axes],
        "accuracy": [round(value, findings.digits) for value in accuracy.tolist()],
        "ends": ends,
        "ticks": [(float(m), f"{m:g}") for m in marks if ends[0] <= m <= ends[1]],
        "label": findings.accuracy_label,
        "measure": findings.measure,
        "unit": findings.unit,
        "steps": STEPS,
        "panels": {
            str(name): panel(
                wide[name].to_numpy(float), larger=entries[str(name)].larger_is_better
            )._asdict()
            for name in wide
        },
    }


def _digits(places: tuple[int, ...]) -> str:
    """Return the places of choices as a digit each, in base 36."""
    return "".join(np.base_repr(place, 36) for place in places)


def packed(content: dict[str, Any]) -> str:
    """Return JSON, compressed and written in base 64: what a page unpacks itself."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), mtime=0)).decode()
