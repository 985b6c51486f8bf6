"""Every figure of a report: drawn once, and again only when what it shows has changed."""

from __future__ import annotations

import hashlib
import io
import json
import math
import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from reports.favourites import curves, draw_curves
from reports.findings import Findings
from reports.forest import draw_forest, forest
from reports.overview import (
    bars,
    draw_bars,
    draw_similarity,
    draw_transfer,
    transfer,
    transfer_size,
)
from reports.scatter import Scatter, draw_scatter, scatters
from reports.style import STYLE
from reports.worth import draw_worth, worth

DRAWN = "drawn.json"
"""What the files of a folder of figures show, as digests by name."""


class Sketch(NamedTuple):
    """A figure that is not drawn yet: its size in inches, what draws it, and what it shows."""

    name: str
    size: tuple[float, float]
    draw: Callable[[Figure], object]
    shows: Any
    kinds: tuple[str, ...] = ("svg", "png")
    """Of the files that it is kept as."""
    dpi: int = 200
    """Dots an inch, where the file has any."""

    @property
    def digest(self) -> str:
        """Name what would be drawn, and by which code."""
        content = pickle.dumps((self.size, self.shows)) + _sources()
        return hashlib.sha256(content).hexdigest()

    def figure(self) -> Figure:
        """Draw it; the style is the caller's."""
        figure = Figure(figsize=self.size, layout="constrained")
        self.draw(figure)
        engine = figure.get_layout_engine()
        if engine is not None:
            engine.execute(figure)
            figure.set_layout_engine(None)  # laid out once, in whatever format it is saved
        return figure


@cache
def _sources() -> bytes:
    here = Path(__file__).parent
    texts = [path.read_bytes() for path in sorted(here.glob("*.py"))]
    return hashlib.sha256(b"".join(texts) + mpl.__version__.encode()).digest()


def overviews(findings: Findings) -> Iterator[Sketch]:
    """Yield the figures of all proxies at once that the run has data for."""
    gaps = forest(findings)
    if gaps.proxies:
        size = 5.5, 1.2 + 0.18 * len(gaps.proxies)
        yield _one("counting", size, partial(draw_forest, data=gaps))
    data = bars(findings)
    if data.proxies:
        size = 5.5, 1.4 + 0.2 * len(data.proxies)
        label = findings.accuracy_label
        yield _one("correlations", size, partial(draw_bars, data=data, accuracy_label=label))
    if len(findings.similarity) > 2:
        side = 1.8 + 0.17 * len(findings.similarity)
        draw = partial(draw_similarity, similarity=findings.similarity)
        yield _one("similarity", (side + 0.6, side), draw)
    cost = worth(findings)
    if len(cost.proxies) > 1 and (cost.cost > 0).any():  # not where all only count
        yield _one("cost", (5.6, 4.2), partial(draw_worth, data=cost))
    curve = curves(findings)
    if len(curve) > 1 and curve.shape[1] > 1:
        yield _one(
            "favourites", (5.0, 3.2), partial(draw_curves, data=curve, points=findings.points)
        )
    table = transfer(findings)
    if table.shape[1] > 1 and len(table):
        draw = partial(draw_transfer, table=table, label=findings.label)
        yield _one("transfer", transfer_size(table), draw)


def panels(findings: Findings) -> Iterator[Sketch]:
    """Yield the scatter of every score, best first."""
    for panel in scatters(findings):
        draw = partial(draw_scatter, data=panel, accuracy_label=findings.accuracy_label)
        yield Sketch(f"score_{panel.proxy}", (4.2, 3.2), partial(_draw_alone, draw), draw.keywords)


def _draw_alone(draw: Callable[..., None], figure: Figure) -> None:
    """Draw axes whose labels are known to fit: laying out dozens of figures takes seconds."""
    figure.set_layout_engine(None)
    draw(figure.subplots(gridspec_kw={"left": 0.13, "right": 0.97, "bottom": 0.18, "top": 0.92}))


def sheet(findings: Findings) -> Sketch:
    """Return all scatters on one sheet: a picture, for points beyond counting are no vectors."""
    shown = scatters(findings)
    width = min(4, len(shown))
    lines = math.ceil(len(shown) / width)
    label = f"{findings.measure} ({findings.unit})" if findings.unit else findings.measure
    draw = partial(_draw_sheet, shown=shown, lines=lines, width=width, label=label)
    return Sketch("scores", (3.1 * width, 2.5 * lines), draw, shown, ("png",), 120)


def _draw_sheet(figure: Figure, shown: list[Scatter], lines: int, width: int, label: str) -> None:
    """Draw axes whose labels are known to fit: laying them out takes longer than drawing them."""
    figure.set_layout_engine(None)
    place = {"left": 0.5 / (3.1 * width), "right": 1 - 0.1 / (3.1 * width), "wspace": 0.22}
    high = {"bottom": 0.6 / (2.5 * lines), "top": 1 - 0.25 / (2.5 * lines), "hspace": 0.52}
    grid = np.atleast_1d(figure.subplots(lines, width, gridspec_kw=place | high)).ravel()
    for axes, panel in zip(grid, shown, strict=False):
        draw_scatter(axes, panel, label)
    for axes in grid[len(shown) :]:
        axes.set_visible(False)


def _one(name: str, size: tuple[float, float], draw: partial[None]) -> Sketch:
    """Return a figure of one pair of axes."""
    return Sketch(name, size, lambda figure: draw(figure.subplots()), draw.keywords)


def svg(sketch: Sketch) -> bytes:
    """Draw a figure as SVG on a transparent ground."""
    with mpl.rc_context(STYLE):
        return _svg(sketch.figure())


def _svg(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", dpi=110, transparent=True, metadata={"Date": None})
    return buffer.getvalue()


def _png(figure: Figure, dpi: int) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


Put = Callable[[Path, bytes], object]
"""Writes a file, whole or not at all."""


def write_figures(folder: Path, findings: Findings, put: Put) -> dict[str, bytes]:
    """Keep every figure as PNG and SVG in ``folder``; return the SVGs by name.

    What the folder shows already stays. Single scatters are drawn by the page and for notebooks:
    here all stand on one sheet, a PNG, and those of an earlier report are removed.
    """
    for path in (*folder.glob("score_*"), folder / "scores.svg"):
        path.unlink(missing_ok=True)
    return drawn(folder, [*overviews(findings), sheet(findings)], DRAWN, put)


def drawn(folder: Path, sketches: Sequence[Sketch], record: str, put: Put) -> dict[str, bytes]:
    """Keep sketches as PNG and SVG in ``folder``, what they show in ``record``; return the SVGs.

    ``put`` writes a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown, kept = _shown(folder / record), dict[str, str]()
    pictures: dict[str, bytes] = {}
    with mpl.rc_context(STYLE):
        for sketch in sketches:
            kept[sketch.name] = sketch.digest
            files = {folder / f"{sketch.name}.{kind}": kind for kind in sketch.kinds}
            if shown.get(sketch.name) != sketch.digest or not all(file.exists() for file in files):
                figure = sketch.figure()
                for file, kind in files.items():
                    put(file, _svg(figure) if kind == "svg" else _png(figure, sketch.dpi))
            if "svg" in sketch.kinds:
                pictures[sketch.name] = (folder / f"{sketch.name}.svg").read_bytes()
    put(folder / record, json.dumps(kept, indent=1).encode())
    return pictures


def _shown(record: Path) -> dict[str, str]:
    try:
        stored = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
