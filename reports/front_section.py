"""Searches for fronts as a section of a page, and which section searches have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.front_figures import front_sketches
from reports.front_tables import front_columns, front_legend, front_standings
from reports.fronts import Fronts
from reports.search_section import search_section, shown, tabled
from reports.searches import Searches

CAPTIONS = {
    "fronts": "What half of the runs attain in the end (blue, quartiles as a band), and the true "
    "front (black), as far as the reference point.",
    "hypervolume": "How much of the true front's hypervolume is missing, over what is spent.",
}


def section(searches: Searches | Fronts, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the page shows of a run of searches, for one objective or several."""
    if isinstance(searches, Fronts):
        return front_section(searches, pictures)
    return search_section(searches, pictures)


def front_section(fronts: Fronts, pictures: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what the page shows of searches for fronts; figures that are not there are drawn."""
    costs = " and ".join(axis.name for axis in fronts.axes[1:])
    return {
        "label": f"Fronts of error and {costs} on {fronts.benchmark}, {fronts.dataset}",
        **tabled(front_columns(fronts), front_standings(fronts.statistics)),
        **shown(fronts, front_sketches(fronts), CAPTIONS, pictures),
        "legend": front_legend(fronts, "Shaded"),
    }
