"""Searches as a section of a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports.columns import Column, orders
from reports.entry import Entry
from reports.search_figures import search_sketches
from reports.search_tables import leads, search_columns, search_legend, standings
from reports.searches import Searches
from reports.shown import again, data_uri, prose, sort_key

CAPTIONS = {
    "regret": "How far what would be chosen lies behind the best of the space, over what is spent.",
}


def search_section(found: Searches, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the page shows of a run of searches; figures that are not there are drawn."""
    shown = search_columns(found)
    rows = []
    for _, row in standings(found).iterrows():
        cells = [{"text": text, "key": sort_key(text)} for text in (c.entry(row) for c in shown)]
        rows.append({"kind": f"{'leads ' if leads(row) else ''}{row['family']}", "cells": cells})
    return {
        "label": f"Searches on {found.benchmark}, {found.dataset}",
        "caption": found.caption,
        "columns": headed(shown),
        "rows": rows,
        "legend": search_legend(found, "Shaded"),
        "figures": [
            {"source": data_uri(sketch, pictures), "caption": CAPTIONS[sketch.name]}
            for sketch in search_sketches(found)
        ],
        "searchers": list(described_searchers(found.entries)),
        "command": again("search", found.settings),
        "provenance": json.dumps(found.provenance, indent=2),
    }


def described_searchers(entries: Mapping[str, Entry]) -> Iterator[dict[str, Any]]:
    """Yield what the page says of each searcher."""
    for entry in entries.values():
        summary, *more = (prose(part) for part in entry.text.split("\n\n"))
        yield {"name": entry.name, "summary": summary, "text": more, "source": entry.source}


def headed(shown: Sequence[Column]) -> list[dict[str, str]]:
    """Return headings, and the order of each that puts the best on top."""
    pairs = zip(shown, orders(shown), strict=True)
    return [{"heading": column.heading, "order": order} for column, order in pairs]
