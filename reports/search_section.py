"""Searches as a section of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reports.columns import Column, orders
from reports.entry import Entry
from reports.figures import Sketch
from reports.fronts import Fronts
from reports.search_figures import search_sketches
from reports.search_tables import search_columns, search_legend, standings
from reports.searcher_rows import SearcherRow
from reports.searches import Searches
from reports.shown import command_line, data_uri, prose, sort_key

CAPTIONS = {
    "regret": "How far what would be chosen lies behind the best of the space, over what is spent.",
}


def search_section(searches: Searches, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the page shows of a run of searches; figures that are not there are drawn."""
    return {
        "label": f"Searches on {searches.benchmark}, {searches.dataset}",
        **tabled(search_columns(searches), standings(searches)),
        **shown(searches, search_sketches(searches), CAPTIONS, pictures),
        "legend": search_legend(searches, "Shaded"),
    }


def tabled(columns: Sequence[Column[SearcherRow]], rows: Sequence[SearcherRow]) -> dict[str, Any]:
    """Return a table: headings, each with the order that puts the best on top, and rows."""
    kinds = [f"{'leads ' if row.leads else ''}{row.family}" for row in rows]
    texts = [[column.entry(row) for column in columns] for row in rows]
    return {
        "columns": [
            {"heading": column.heading, "order": order}
            for column, order in zip(columns, orders(columns), strict=True)
        ],
        "rows": [
            {"kind": kind, "cells": [{"text": text, "key": sort_key(text)} for text in entries]}
            for kind, entries in zip(kinds, texts, strict=True)
        ],
    }


def shown(
    searches: Searches | Fronts,
    sketches: Iterable[Sketch],
    captions: Mapping[str, str],
    pictures: Mapping[str, bytes],
) -> dict[str, Any]:
    """Return what stands about a table: caption, figures, searchers, command, provenance."""
    return {
        "caption": searches.caption,
        "figures": [
            {"source": data_uri(sketch, pictures), "caption": captions[sketch.name]}
            for sketch in sketches
        ],
        "searchers": list(described_searchers(searches.entries)),
        "command": command_line("search", searches.settings),
        "provenance": json.dumps(searches.provenance, indent=2),
    }


def described_searchers(entries: Mapping[str, Entry]) -> Iterator[dict[str, Any]]:
    """Yield what the page says of each searcher."""
    for entry in entries.values():
        summary, *more = (prose(part) for part in entry.text.split("\n\n"))
        yield {"name": entry.name, "summary": summary, "text": more, "source": entry.source}
