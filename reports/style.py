"""How figures look."""

from __future__ import annotations

from collections.abc import Sequence

import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes

PROXY_COLOUR, TRIVIAL_COLOUR, OTHER_COLOUR = "#2b6cb0", "#a0aec0", "#2f855a"
"""Of zero-cost proxies, of rows that only count, and of combinations and what trains."""

INK = "#1a202c"

STYLE = {
    **sns.axes_style("whitegrid"),
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "svg.hashsalt": "nas-proxy-harness",
    "grid.color": "#e2e8f0",
    "axes.edgecolor": "#a0aec0",
}


def literal(name: str) -> str:
    """Return a name as text that is not read as a formula."""
    return name.replace("$", r"\$")


def legend_above(axes: Axes, handles: Sequence[Artist]) -> None:
    """Put a legend of at most three columns above the axes."""
    axes.legend(
        handles=list(handles),
        loc="lower center",
        bbox_to_anchor=(0.4, 1.0),
        ncols=3,
        frameon=False,
        fontsize=8,
    )


def colour(family: str) -> str:
    """Return the colour of a family of scores."""
    return {"zero-cost": PROXY_COLOUR, "trivial": TRIVIAL_COLOUR}.get(family, OTHER_COLOUR)
