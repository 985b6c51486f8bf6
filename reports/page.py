"""One self-contained HTML page of one run or several."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.columns import columns
from reports.conclusions import conclusions
from reports.figures import Sketch, overviews, panels
from reports.findings import Findings
from reports.leaderboard import leaderboard, leads
from reports.legend import legend
from reports.numbers import decimal
from reports.search_section import search_section
from reports.searches import Searches
from reports.shown import again, data_uri, prose, sort_key

CAPTIONS = {
    "counting": "Is it better than counting parameters? The difference of τ-b, with intervals.",
    "correlations": "Kendall τ-b of every score, with intervals and the noise ceiling.",
    "similarity": "How alike scores rank cells: Spearman between every two, clustered.",
    "cost": "Cost and quality of each alone. The line holds what nothing cheaper equals.",
    "favourites": "How far the best of a score's favourites lies behind the best cell of these.",
    "transfer": "Kendall τ-b of the same scores with the accuracy on each dataset.",
}

OUTLIERS = 3


def page(
    runs: Sequence[tuple[Findings, Mapping[str, bytes]]],
    title: str,
    searches: Sequence[tuple[Searches, Mapping[str, bytes]]] = (),
) -> str:
    """Return the page: no file, font or script is fetched to show it.

    Each run comes with its figures as SVG, by name; those that are not there are drawn.
    """
    loader = PackageLoader("reports", ".")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    shown = [_run(findings, pictures) for findings, pictures in runs]
    return made.get_template("report.html.jinja").render(
        title=title,
        runs=shown,
        searches=[search_section(found, pictures) for found, pictures in searches],
    )


def _run(findings: Findings, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    table, shown = leaderboard(findings.own), columns(findings)
    rows = []
    for _, row in table.iterrows():
        texts = [column.entry(row) for column in shown]
        kind = f"{'leads ' if leads(row) else ''}{row['family']}"
        cells = [{"text": text, "key": sort_key(text)} for text in texts]
        rows.append({"proxy": row["proxy"], "kind": kind, "cells": cells})
    return {
        "label": findings.label,
        "measure": findings.measure,
        "caption": findings.caption,
        "answer": conclusions(findings),
        "headings": [column.heading for column in shown],
        "rows": rows,
        "legend": legend(findings, "Shaded"),
        "figures": [
            {"source": data_uri(sketch, pictures), "caption": CAPTIONS[sketch.name]}
            for sketch in overviews(findings)
        ],
        "proxies": [_proxy(findings, sketch, pictures) for sketch in panels(findings)],
        "command": command(findings),
        "provenance": json.dumps(findings.provenance, indent=2),
    }


def _proxy(findings: Findings, sketch: Sketch, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    name = sketch.name.removeprefix("score_")
    described = findings.entries[name]
    paragraphs = [prose(part) for part in described.text.split("\n\n")]
    cells = findings.cells[findings.cells["proxy"] == name]
    counts = cells["status"].astype(str).value_counts()
    lacking = [f"{counts[s]} {s}" for s in ("undefined", "failed") if counts.get(s, 0)]
    seconds = next((c.seconds for c in findings.costs if c.proxy == name), None)
    return {
        "name": name,
        "summary": paragraphs[0],
        "text": paragraphs[1:],
        "source": described.source,
        "larger": described.larger_is_better,
        "undefined": described.undefined,
        "missing": f"Of {len(cells)} cells, {' and '.join(lacking) or 'none lacks a score'}.",
        "cost": f"{decimal(seconds, 2)} s a network." if seconds is not None else "",
        "outliers": outliers(cells, findings),
        "figure": data_uri(sketch, pictures),
    }


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
    return again("run", findings.settings)
