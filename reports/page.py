"""One self-contained HTML page of one run or several."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.columns import columns, orders
from reports.conclusions import conclusions, warning
from reports.figures import overviews
from reports.findings import Findings
from reports.front_section import section
from reports.fronts import Fronts
from reports.leaderboard import leaderboard
from reports.legend import legend
from reports.numbers import decimal
from reports.plain import plain
from reports.points import packed, points
from reports.rows import Cost
from reports.scatter import Scatter, scatters
from reports.searches import Searches
from reports.shown import command_line, data_uri, marked, prose, sort_key
from reports.spreadsheet import unevaluated
from reports.tables import latex
from reports.yardstick import BETTER, WORSE

CAPTIONS = {
    "counting": "Is it better than counting parameters? The difference of τ-b, with intervals.",
    "correlations": "Kendall τ-b of every score, with intervals and the noise ceiling.",
    "similarity": "How alike scores rank cells: Spearman between every two, clustered.",
    "cost": "Cost and quality of each alone. The line holds what nothing cheaper equals.",
    "favourites": "How far the best of a score's favourites lies behind the best cell of these.",
    "transfer": "Kendall τ-b of the same scores with the accuracy on each dataset.",
}

OUTLIERS = 3

HERE = Path(__file__).parent

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {}"
"""What a browser may load for the page: the pictures in it, and its own script by digest."""


def allowed(script: str) -> str:
    """Return how a content security policy names a script of a page."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def page(
    runs: Sequence[tuple[Findings, Mapping[str, bytes]]],
    title: str,
    searches: Sequence[tuple[Searches | Fronts, Mapping[str, bytes]]] = (),
    files: Sequence[str] = (),
) -> str:
    """Return the page: no file, font or script is fetched to show it.

    Each run comes with its figures as SVG, by name; those that are not there are drawn. ``files``
    lie beside the page and are linked from the first run.
    """
    loader = PackageLoader("reports", ".")
    script = (HERE / "page.js").read_text(encoding="utf-8")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["marked"] = marked
    shown = [_run(findings, some, () if i else files) for i, (findings, some) in enumerate(runs)]
    return made.get_template("report.html.jinja").render(
        title=title,
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        script=Markup(script),
        policy=POLICY.format(allowed(script)),
        runs=shown,
        searches=[section(searched, pictures) for searched, pictures in searches],
    )


def _run(findings: Findings, pictures: Mapping[str, bytes], files: Sequence[str]) -> dict[str, Any]:
    board, shown = leaderboard(findings.own), columns(findings)
    texts = [[column.entry(row) for column in shown] for row in board]
    idle = [all(text in ("–", "0") for text in some) for some in zip(*texts, strict=True)]
    more = [idle[i] or not column.first for i, column in enumerate(shown)]
    rows = []
    for row, some in zip(board, texts, strict=True):
        cells = [
            {
                "text": text,
                "key": sort_key(text),
                "kind": " ".join(["more"] * hidden + [word for word in MARKED if word in text]),
            }
            for text, hidden in zip(some, more, strict=True)
        ]
        kind = f"{'leads ' if row.leads else ''}{row.family}"
        rows.append({"proxy": row.proxy, "family": row.family, "kind": kind, "cells": cells})
    return {
        "label": findings.label,
        "measure": findings.measure,
        "caption": findings.caption,
        "warning": warning(findings),
        "answer": conclusions(findings),
        "families": list(dict.fromkeys(row.family for row in board)),
        "copies": [
            {"name": "LaTeX", "text": latex(findings)},
            {"name": "CSV", "text": unevaluated(plain(findings)).to_csv(index=False)},
        ],
        "files": files,
        "columns": [
            {
                "heading": column.heading,
                "means": column.means,
                "more": hidden,
                "sorted": column.heading == "τ-b",
                "order": order,
            }
            for column, hidden, order in zip(shown, more, orders(shown), strict=True)
        ],
        "rows": rows,
        "legend": legend(findings, "Shaded"),
        "figures": [
            {"source": data_uri(sketch, pictures), "caption": CAPTIONS[sketch.name]}
            for sketch in overviews(findings)
        ],
        "proxies": [_proxy(findings, panel) for panel in scatters(findings)],
        "points": packed(points(findings)),
        "command": command(findings),
        "provenance": json.dumps(findings.provenance, indent=2),
    }


MARKED = (BETTER, WORSE)
"""Words of an entry that it is coloured by."""


def _proxy(findings: Findings, panel: Scatter) -> dict[str, Any]:
    name = panel.proxy
    described = findings.entries[name]
    paragraphs = [prose(part) for part in described.text.split("\n\n")]
    cells = findings.cells[findings.cells["proxy"] == name]
    counts = cells["status"].astype(str).value_counts()
    lacking = [f"{counts[s]} {s}" for s in ("undefined", "failed") if counts.get(s, 0)]
    return {
        "name": name,
        "summary": paragraphs[0],
        "text": paragraphs[1:],
        "source": described.source,
        "larger": described.larger_is_better,
        "undefined": described.undefined,
        "missing": f"Of {len(cells)} cells, {' and '.join(lacking) or 'none lacks a score'}.",
        "cost": next((_cost(cost) for cost in findings.costs if cost.proxy == name), ""),
        "outliers": outliers(cells, findings),
        "worth": panel.caption,
    }


def _cost(cost: Cost) -> str:
    """Return what a network costs, in seconds and in units."""
    units = "" if pd.isna(cost.units) else f", {decimal(cost.units, 1)} forward-backwards"
    return f"{decimal(cost.seconds, 2)} s a network{units}."


def outliers(cells: pd.DataFrame, findings: Findings) -> list[dict[str, str]]:
    """Return the cells whose rank by score is furthest from their rank by accuracy."""
    kept = cells.dropna(subset="score")
    if kept["score"].nunique() < 2:
        return []
    share = (kept["signed"].rank() - kept["accuracy"].rank()) / len(kept)
    order = share.abs().sort_values(ascending=False, kind="stable").index[:OUTLIERS]
    labelled = []
    for place in order:
        row, way = kept.loc[place], "high" if share[place] > 0 else "low"
        reached = f"{decimal(row['accuracy'], findings.digits)} {findings.unit or findings.measure}"
        text = (
            f"{100 * abs(share[place]):.0f} % of the cells too {way}: {reached}, index "
            f"{row['index']},"
        )
        labelled.append({"text": text, "arch": str(row["arch"])})
    return labelled


def command(findings: Findings) -> str:
    """Return the command that makes the run again."""
    return command_line("run", findings.settings)
