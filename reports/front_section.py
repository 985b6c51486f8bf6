"""Searches for fronts as a section of a page, and which section searches have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reports.front_figures import front_sketches
from reports.front_tables import front_columns, front_legend, front_rows, leads
from reports.fronts import Fronts
from reports.search_section import described_searchers, headed, search_section
from reports.searches import Searches
from reports.shown import again, data_uri, sort_key

CAPTIONS = {
    "fronts": "What half of the runs attain in the end (blue, quartiles as a band), and the true "
    "front (black), as far as the reference point.",
    "hypervolume": "How much of the true front's hypervolume is missing, over what is spent.",
}


def section(found: Searches | Fronts, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the page shows of a run of searches, for one objective or several."""
    if isinstance(found, Fronts):
        return front_section(found, pictures)
    return search_section(found, pictures)


def front_section(found: Fronts, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the page shows of searches for fronts; figures that are not there are drawn."""
    rows = []
    for row, entries in front_rows(found):
        cells = [{"text": text, "key": sort_key(text)} for text in entries]
        rows.append({"kind": f"{'leads ' if leads(row) else ''}{row['family']}", "cells": cells})
    costs = " and ".join(axis.name for axis in found.axes[1:])
    return {
        "label": f"Fronts of error and {costs} on {found.benchmark}, {found.dataset}",
        "caption": found.caption,
        "columns": headed(front_columns(found)),
        "rows": rows,
        "legend": front_legend(found, "Shaded"),
        "figures": [
            {"source": data_uri(sketch, pictures), "caption": CAPTIONS[sketch.name]}
            for sketch in front_sketches(found)
        ],
        "searchers": list(described_searchers(found.entries)),
        "command": again("search", found.settings),
        "provenance": json.dumps(found.provenance, indent=2),
    }
